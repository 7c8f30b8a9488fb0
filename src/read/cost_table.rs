//! A table of costs without geography: `demand,supply,cost`, with `id,weight` of the demands and `id,amount…` of the supplies.

use std::collections::HashMap;

use super::Input;
use super::instance::columns::Columns;
use crate::access::Costs;
use crate::problem::{Code, Problem, Problems};

/// The three files as one.
#[derive(Debug, Default)]
pub struct CostTable {
    /// Demand ids, in the order of their file.
    pub demand: Vec<String>,
    /// Costs and demand.
    pub costs: Costs,
    /// Name of each column of supply, and its amounts.
    pub supply: Vec<(String, Vec<f64>)>,
}

/// Reads the three files; `None` with the reasons among the problems. `positive` refuses costs of 0, which a power of cost has no weight for.
///
/// A supply of the table that the file of supplies lacks has none; a demand of the table that the file of demands lacks is nobody's.
pub fn read(matrix: &Input, demand: &Input, supply: &Input, positive: bool, problems: &mut Problems) -> Option<CostTable> {
    let mut table = CostTable::default();
    let mut demands: HashMap<Box<str>, u32> = HashMap::new();
    let mut twice = Vec::new();
    let repeated = |input: &Input, field: &str, id: &str| Problem::new(Code::E_DUP).file(&input.shown).field(field).value(id);
    Columns::new(demand, &["id", "weight"], &[], |row| {
        let (Some(id), Some(weight)) = (row.key(0), row.float(1)) else { return };
        if demands.insert(id.clone(), table.demand.len() as u32).is_some() {
            twice.push(repeated(demand, "id", &id));
        }
        table.demand.push(id.into());
        table.costs.demand.push(weight);
    })
    .read(problems);
    let mut supplies: HashMap<Box<str>, u32> = HashMap::new();
    let mut amounts: Vec<Vec<f64>> = Vec::new();
    let mut columns = Columns::new(supply, &["id"], &[], |row| {
        let Some(id) = row.key(0) else { return };
        let own: Vec<Option<f64>> = (1..row.columns()).map(|k| row.float(k)).collect();
        if supplies.insert(id.clone(), amounts.len() as u32).is_some() {
            twice.push(repeated(supply, "id", &id));
        }
        amounts.push(own.into_iter().map(|amount| amount.unwrap_or(0.0)).collect());
    })
    .with_rest();
    columns.read(problems);
    let names: Vec<String> = columns.names().iter().skip(1).cloned().collect();
    drop(columns);
    if names.is_empty() && !problems.has_errors() {
        problems.push(Problem::new(Code::E_COLUMN).file(&supply.shown).field("amount").value("id"));
    }
    table.costs.of_demand = vec![Vec::new(); table.demand.len()];
    Columns::new(matrix, &["demand", "supply", "cost"], &[], |row| {
        let Some(from) = row.text(0).map(|id| demands.get(id).copied()) else { return };
        let Some(to) = row.key(1) else { return };
        let Some(cost) = row.float(2) else { return };
        if cost == 0.0 && positive {
            twice.push(Problem::new(Code::E_NUM).file(&matrix.shown).field("cost").value("0"));
            return;
        }
        let next = supplies.len() as u32;
        let to = *supplies.entry(to).or_insert(next);
        if let Some(from) = from {
            table.costs.of_demand[from as usize].push((to, cost));
        }
    })
    .read(problems);
    table.costs.supplies = supplies.len();
    for (pairs, id) in table.costs.of_demand.iter_mut().zip(&table.demand) {
        pairs.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        if pairs.windows(2).any(|w| w[0].0 == w[1].0) {
            twice.push(repeated(matrix, "demand, supply", id));
        }
    }
    twice.into_iter().take(50).for_each(|problem| problems.push(problem));
    amounts.resize(supplies.len(), vec![0.0; names.len()]);
    table.supply = names.into_iter().enumerate().map(|(k, name)| (name, amounts.iter().map(|own| own[k]).collect())).collect();
    (!problems.has_errors()).then_some(table)
}
