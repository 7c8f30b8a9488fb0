//! People from a demand file: what its points say is the truth, what only the register says is spread over them.

use rayon::prelude::*;

use super::spread::Spreader;
use super::{Demand, DemandSource, NO_COMMUNITY, Unplaced, assign};
use crate::city::{City, Group};
use crate::problem::{Code, Problem, Problems};
use crate::read::demand::DemandRecords;
use crate::units::Count;

/// What people are spread by where their own column says nothing, best first.
const BY: [Group; 4] = [Group::Elderly60, Group::Population, Group::Households, Group::Weight];

/// The demand points of a file, and for each community whether it has a record in it.
pub fn place(city: &City, records: DemandRecords, problems: &mut Problems) -> (Demand, Vec<bool>) {
    let community = assign::communities(city, &records.places, &records.communities);
    let members = Members::of(&community, city.communities.len());
    let columns: Vec<Column> = Group::ALL.par_iter().map(|g| column(city, &records, &members, *g)).collect();

    let mut demand = Demand { sources: vec![DemandSource::File], ..Demand::default() };
    let mut counts: [Option<Vec<Count>>; Group::ALL.len()] = Default::default();
    for (group, column) in Group::ALL.into_iter().zip(columns) {
        problems.extend(column.problems);
        demand.missing.extend(column.missing.iter().map(|c| (*c, group)));
        counts[group as usize] = column.counts;
    }
    let present = (0..city.communities.len()).map(|c| !members.of_community(c).is_empty()).collect();
    if records.places.iter().all(Option::is_some) {
        demand.places = records.places.into_iter().flatten().collect();
        (demand.ids, demand.community, demand.counts) = (records.ids, community, counts);
    } else {
        keep_placed(&mut demand, records, &community, &counts);
    }
    (demand, present)
}

/// Takes the records with a position as points; people of the others exist, at no point.
fn keep_placed(demand: &mut Demand, records: DemandRecords, community: &[u32], counts: &[Option<Vec<Count>>]) {
    let placed: Vec<bool> = records.places.iter().map(Option::is_some).collect();
    fn keep<T>(values: impl IntoIterator<Item = T>, placed: &[bool]) -> Vec<T> {
        values.into_iter().zip(placed).filter_map(|(v, placed)| placed.then_some(v)).collect()
    }
    for (group, column) in Group::ALL.into_iter().zip(counts) {
        let Some(column) = column else { continue };
        demand.counts[group as usize] = Some(keep(column.iter().copied(), &placed));
        let lost = column.iter().zip(&placed).zip(community).filter(|((count, placed), _)| !**placed && **count > Count::ZERO);
        demand.without_point.extend(lost.map(|((count, _), c)| Unplaced { community: *c, group, count: *count }));
    }
    demand.ids = records.ids.iter().zip(&placed).filter_map(|(id, placed)| placed.then_some(id)).collect();
    demand.community = keep(community.iter().copied(), &placed);
    demand.places = records.places.into_iter().flatten().collect();
}

/// Records by community, in file order within each.
struct Members {
    starts: Vec<usize>,
    records: Vec<u32>,
    outside: Vec<u32>,
}

impl Members {
    fn of(community: &[u32], communities: usize) -> Members {
        let mut starts = vec![0usize; communities + 1];
        for c in community.iter().filter(|c| **c != NO_COMMUNITY) {
            starts[*c as usize + 1] += 1;
        }
        for c in 1..starts.len() {
            starts[c] += starts[c - 1];
        }
        let mut next = starts.clone();
        let mut records = vec![0u32; starts[communities]];
        let mut outside = Vec::new();
        for (i, c) in community.iter().enumerate() {
            if *c == NO_COMMUNITY {
                outside.push(i as u32);
                continue;
            }
            let slot = &mut next[*c as usize];
            records[*slot] = i as u32;
            *slot += 1;
        }
        Members { starts, records, outside }
    }

    fn of_community(&self, c: usize) -> &[u32] {
        &self.records[self.starts[c]..self.starts[c + 1]]
    }
}

/// One group at every record.
#[derive(Default)]
struct Column {
    /// `None` when nobody knows anything of this group.
    counts: Option<Vec<Count>>,
    /// Communities with records whose number of this group is unknown.
    missing: Vec<u32>,
    problems: Problems,
}

fn column(city: &City, records: &DemandRecords, members: &Members, group: Group) -> Column {
    let written = records.counts[group as usize].as_deref();
    let in_register = group != Group::Weight && city.communities.iter().any(|c| c.counts[group].is_some());
    let in_file = written.is_some_and(|w| w.iter().any(Option::is_some));
    if !in_file && !in_register {
        return Column::default();
    }
    let mut counts: Vec<Count> = match written {
        Some(written) => written.iter().map(|c| c.unwrap_or_default()).collect(),
        None => vec![Count::ZERO; records.places.len()],
    };
    let mut out = Column::default();
    let estimated = |i: u32| records.estimates.contains(&(i as usize));
    let (mut spreader, mut weights, mut blank) = (Spreader::default(), Vec::new(), Vec::new());
    let mut unfilled = false;
    for (c, community) in city.communities.iter().enumerate() {
        let here = members.of_community(c);
        if here.is_empty() {
            continue;
        }
        let total = community.counts[group].filter(|_| group != Group::Weight);
        blank.clear();
        // What a raster estimates is believed only where the register has no number.
        let open = |i: &u32| written.is_none_or(|w| w[*i as usize].is_none()) || (total.is_some() && estimated(*i));
        blank.extend(here.iter().copied().filter(open));
        if total.is_some() {
            blank.iter().for_each(|i| counts[*i as usize] = Count::ZERO);
        }
        let sum: Count = here.iter().map(|i| counts[*i as usize]).sum();
        let Some(total) = total else {
            if blank.len() == here.len() {
                out.missing.push(c as u32);
            } else {
                unfilled |= !blank.is_empty();
            }
            continue;
        };
        // Millionths are rounded cell by cell: that alone is no contradiction.
        let differs = if blank.is_empty() { sum.0.abs_diff(total.0) > here.len() as u64 } else { sum > total };
        if differs {
            out.problems.push(
                Problem::new(Code::W_SUM)
                    .with("rest", "@why.sum.demand")
                    .at(&records.origin)
                    .field(group.name())
                    .value(sum)
                    .with("unit", format!("{} {}", community.code, community.name))
                    .with("expected", total),
            );
        }
        // What the register has beyond the points that say a number stands at those that do not.
        let rest = total.minus(sum);
        if !blank.is_empty() && rest > Count::ZERO {
            weigh(records, group, &blank, &mut weights);
            spreader.share(rest, &weights, |k, count| counts[blank[k] as usize] = count);
        }
    }
    if in_file {
        unfilled |= members.outside.iter().any(|i| written.is_some_and(|w| w[*i as usize].is_none()));
    }
    if unfilled {
        // Once for the column: the reader has listed the cells themselves.
        out.problems.push(Problem::new(Code::W_NULL).at(&records.origin).field(group.name()).value(""));
    }
    out.counts = Some(counts);
    out
}

/// The weights by which people of `group` are spread over some records: the first column that knows all of them and is not all zero;
/// for cells of a raster that of the group itself before others.
/// Occupied households stand where households do. Empty columns leave everybody equal.
fn weigh(records: &DemandRecords, group: Group, here: &[u32], weights: &mut Vec<u64>) {
    let households = (group == Group::OccupiedHouseholds).then_some(Group::Households);
    let is_estimate = here.iter().all(|i| records.estimates.contains(&(*i as usize)));
    let own = is_estimate.then_some(group);
    for by in own.into_iter().chain(households).chain(BY.into_iter().filter(|by| *by != group)) {
        let Some(column) = records.counts[by as usize].as_deref() else { continue };
        weights.clear();
        if is_estimate {
            // Where a model sees nobody, nobody is put as long as there is somebody elsewhere.
            weights.extend(here.iter().map(|i| column[*i as usize].unwrap_or_default().0));
        } else {
            weights.extend(here.iter().map_while(|i| column[*i as usize]).map(|count| count.0));
        }
        if weights.len() == here.len() && weights.iter().any(|w| *w > 0) {
            return;
        }
    }
    weights.clear();
    weights.resize(here.len(), 0);
}
