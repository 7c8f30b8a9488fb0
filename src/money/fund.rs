//! What each payer gives each project, as the clause says it.
//!
//! A project is paid by area as declared, approved and built, one row for each area that is known; subsidies of a year stand beside
//! under `year`. Packs are never added up: what a project would get under two of them stands in rows of their own.

use std::collections::BTreeMap;

use super::fen::Fen;
use super::terms::{Formula, Payer, Subsidy, Terms};
use crate::city::unit::counties;
use crate::city::{Candidate, City, CountyType};
use crate::problem::{Code, Problem, Problems};
use crate::units::SquareMetres;

/// Which figures an amount rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// The area as declared (`floor_area`).
    Declared,
    /// `area_approved`
    Approved,
    /// `area_as_built`
    AsBuilt,
    /// One year of operation.
    Year,
}

impl Basis {
    /// As written in `fund.csv`.
    pub fn key(self) -> &'static str {
        match self {
            Basis::Declared => "declared",
            Basis::Approved => "approved",
            Basis::AsBuilt => "as_built",
            Basis::Year => "year",
        }
    }
}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    Build,
    Operate,
    Bed,
}

impl Kind {
    /// As written in `fund.csv`.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Build => "build",
            Kind::Operate => "operate",
            Kind::Bed => "bed",
        }
    }
}

/// How the amount is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AmountKind {
    /// This much.
    Exact,
    /// At least this much.
    Minimum,
    /// What an award leaves of the investment.
    Rest,
    /// The mean of a programme: a single project may get another amount.
    Mean,
}

impl AmountKind {
    /// As written in `fund.csv`.
    pub fn key(self) -> &'static str {
        match self {
            AmountKind::Exact => "exact",
            AmountKind::Minimum => "minimum",
            AmountKind::Rest => "rest",
            AmountKind::Mean => "mean",
        }
    }
}

/// One row of `fund.csv`; `None` = unknown, or not asked of such a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Index of the candidate.
    pub project: u32,
    /// Id of the pack.
    pub pack: String,
    /// On which figures the amount rests.
    pub basis: Basis,
    /// Who pays.
    pub payer: Payer,
    /// For what.
    pub kind: Kind,
    /// By which clause.
    pub rule: &'static str,
    /// How much.
    pub amount: Option<Fen>,
    /// How it is meant.
    pub amount_kind: AmountKind,
    /// The area of the basis.
    pub area: Option<SquareMetres>,
    /// The cap, where the area is above it.
    pub cap_m2: Option<u32>,
    /// Of a minimum: what `county_match` lacks.
    pub shortfall: Option<Fen>,
    /// Of an award: by how much it is above the investment.
    pub excess: Option<Fen>,
    /// Whether the clause does not name the build mode; unknown while the mode is.
    pub confirm: Option<bool>,
    /// Of an award as built: what was approved above it.
    pub recover: Option<Fen>,
}

/// What a run asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// `[fund] cap_at_investment`: no award above the investment. No document has such a cap.
    pub cap_at_investment: bool,
}

/// The rows of the chosen projects under the packs, project by project. An award above the investment is a problem
/// (W-AWARD-GT-COST), told once for each project and clause.
pub fn fund(city: &City, projects: &[u32], packs: &[(&str, &'static Terms)], options: Options, problems: &mut Problems) -> Vec<Row> {
    let counties = counties(city);
    let mut rows = Vec::new();
    for project in projects {
        let Some(candidate) = city.candidates.get(*project as usize) else { continue };
        let county_type = counties[*project as usize].and_then(|county| county.county_type);
        for (pack, terms) in packs {
            let first = rows.len();
            let case = Case { candidate, county_type, options };
            case.rows(*project, pack, terms, &mut rows);
            warn(candidate, &rows[first..], problems);
        }
    }
    rows
}

/// One project, and what is known about where it stands.
struct Case<'a> {
    candidate: &'a Candidate,
    county_type: Option<CountyType>,
    options: Options,
}

/// An award by area and how it came about.
#[derive(Clone, Copy, Default)]
struct Award {
    amount: Option<Fen>,
    cap_m2: Option<u32>,
    /// The same at the area approved.
    approved: Option<Fen>,
}

impl Case<'_> {
    fn rows(&self, project: u32, pack: &str, terms: &'static Terms, rows: &mut Vec<Row>) {
        for (basis, area) in self.areas() {
            // Awards of this basis so far: what shares and rests are of.
            let mut awards: BTreeMap<&str, Award> = BTreeMap::new();
            for subsidy in terms.subsidies.iter().filter(|s| self.is_for(s)) {
                let row = self.build_row(subsidy, basis, area, &mut awards);
                rows.extend(row.map(|row| Row { project, pack: pack.to_owned(), ..row }));
            }
        }
        for subsidy in terms.subsidies.iter().filter(|s| self.is_for(s)) {
            rows.extend(self.once_row(subsidy).map(|row| Row { project, pack: pack.to_owned(), ..row }));
        }
    }

    /// The areas that are known; where none is, the declared one stands there unknown, so that no project is lost.
    fn areas(&self) -> Vec<(Basis, Option<SquareMetres>)> {
        let c = self.candidate;
        let all = [(Basis::Declared, c.floor_area), (Basis::Approved, c.area_approved), (Basis::AsBuilt, c.area_as_built)];
        let known: Vec<_> = all.into_iter().filter(|(_, area)| area.is_some()).collect();
        if known.is_empty() { vec![(Basis::Declared, None)] } else { known }
    }

    /// Whether a subsidy pays for this type. A clause for several types cannot speak of a project whose type is unknown, a clause for
    /// one type by grade may.
    fn is_for(&self, subsidy: &Subsidy) -> bool {
        match (&subsidy.kinds, &self.candidate.kind) {
            (None, _) => true,
            (Some(kinds), Some(kind)) => kinds.contains(kind),
            (Some(_), None) => matches!(subsidy.by, Formula::YearlyByGrade(_)),
        }
    }

    fn build_row(
        &self,
        subsidy: &'static Subsidy,
        basis: Basis,
        area: Option<SquareMetres>,
        awards: &mut BTreeMap<&'static str, Award>,
    ) -> Option<Row> {
        let c = self.candidate;
        let investment = c.investment.and_then(Fen::of);
        let recover = |approved: Option<Fen>, built: Option<Fen>| {
            approved.zip(built).filter(|_| basis == Basis::AsBuilt).map(|(approved, built)| approved.minus(built))
        };
        let of = |rule: &str| awards.get(rule).copied().unwrap_or_default();
        let row = Row { area, ..self.row(subsidy, basis, Kind::Build) };
        let row = match &subsidy.by {
            Formula::Area { rate, cap_district, cap_other } => {
                let at = |area| self.award(*rate, area, *cap_district, *cap_other);
                let award = Award { approved: at(c.area_approved).amount, ..at(area) };
                awards.insert(&subsidy.rule, award);
                Row { amount: award.amount, cap_m2: award.cap_m2, recover: recover(award.approved, award.amount), ..row }
            }
            Formula::Share { of: base, percent } => {
                let award = of(base);
                let share = |amount: Option<Fen>| amount.and_then(|a| a.percent(*percent));
                let amount = share(award.amount);
                Row { amount, cap_m2: award.cap_m2, recover: recover(share(award.approved), amount), ..row }
            }
            Formula::Minimum { of: base, percent } => {
                let award = of(base);
                let amount = award.amount.and_then(|a| a.percent(*percent));
                let given = c.county_match.and_then(Fen::of);
                let shortfall = amount.zip(given).map(|(asked, given)| asked.minus(given));
                Row { amount, amount_kind: AmountKind::Minimum, cap_m2: award.cap_m2, shortfall, ..row }
            }
            Formula::Rest { of: base } => {
                let award = of(base);
                let amount = investment.zip(award.amount).map(|(all, award)| all.minus(award));
                Row { amount, amount_kind: AmountKind::Rest, cap_m2: award.cap_m2, ..row }
            }
            Formula::Mean { .. } | Formula::YearlyByType(_) | Formula::YearlyByGrade(_) | Formula::BedsMonthly(_) => return None,
        };
        let above = |row: &Row| row.amount.zip(investment).map(|(amount, all)| amount.minus(all));
        let excess = if row.amount_kind == AmountKind::Exact { above(&row) } else { None };
        Some(Row { excess, confirm: self.confirm(subsidy), ..row })
    }

    /// What does not hang on the area: means of a programme, and subsidies of a year.
    fn once_row(&self, subsidy: &'static Subsidy) -> Option<Row> {
        let c = self.candidate;
        if let Formula::Mean { city_funded, otherwise } = &subsidy.by {
            let yuan = c.city_funded.map(|yes| if yes { *city_funded } else { *otherwise });
            let row = self.row(subsidy, Basis::Declared, Kind::Build);
            return Some(Row { amount: yuan.and_then(Fen::yuan), amount_kind: AmountKind::Mean, area: c.floor_area, ..row });
        }
        let (kind, amount) = match &subsidy.by {
            Formula::YearlyByType(amounts) => {
                (Kind::Operate, c.kind.as_ref().and_then(|kind| amounts.get(kind)).and_then(|yuan| Fen::yuan(*yuan)))
            }
            Formula::YearlyByGrade(amounts) => {
                let grade = c.grade.as_deref().map(|grade| grade.trim().to_ascii_uppercase());
                (Kind::Operate, grade.and_then(|grade| amounts.get(&grade).copied()).and_then(Fen::yuan))
            }
            Formula::BedsMonthly(rates) => {
                // People are whole millionths; a resident in care is whole, and anything else would be a slip of the file.
                let of_group = |(count, rate): (&Option<_>, &u64)| {
                    let count: crate::units::Count = (*count)?;
                    count.0.is_multiple_of(1_000_000).then(|| Fen::yuan(*rate)?.times(count.0 / 1_000_000)?.times(12)).flatten()
                };
                (Kind::Bed, c.residents.iter().zip(rates).map(of_group).sum::<Option<Fen>>())
            }
            _ => return None,
        };
        Some(Row { amount, ..self.row(subsidy, Basis::Year, kind) })
    }

    fn row(&self, subsidy: &'static Subsidy, basis: Basis, kind: Kind) -> Row {
        Row {
            project: 0,
            pack: String::new(),
            basis,
            payer: subsidy.payer,
            kind,
            rule: &subsidy.rule,
            amount: None,
            amount_kind: AmountKind::Exact,
            area: None,
            cap_m2: None,
            shortfall: None,
            excess: None,
            confirm: Some(false),
            recover: None,
        }
    }

    /// So much for each m² up to the cap. Where the type of county is unknown, the amount is known only below both caps.
    fn award(&self, rate: u64, area: Option<SquareMetres>, cap_district: u32, cap_other: u32) -> Award {
        let cap = self.county_type.map(|kind| if kind == CountyType::District { cap_district } else { cap_other });
        let Some(area) = area else { return Award::default() };
        let above = |cap: u32| area.value() > f64::from(cap);
        let amount = match cap {
            Some(cap) if above(cap) => Fen::yuan(rate).and_then(|a| a.times(cap.into())),
            None if above(cap_district.min(cap_other)) => None,
            _ => Fen::per_area(rate, area),
        };
        let amount = if self.options.cap_at_investment {
            amount.zip(self.candidate.investment.and_then(Fen::of)).map(|(award, all)| award.min(all))
        } else {
            amount
        };
        Award { amount, cap_m2: cap.filter(|cap| above(*cap)), approved: None }
    }

    fn confirm(&self, subsidy: &Subsidy) -> Option<bool> {
        let Some(named) = &subsidy.named_modes else { return Some(false) };
        self.candidate.build_mode.map(|mode| !named.iter().any(|key| key == mode.key()))
    }
}

/// W-AWARD-GT-COST where an award is above the investment: once for each clause, with the largest of its amounts.
fn warn(candidate: &Candidate, rows: &[Row], problems: &mut Problems) {
    let mut worst: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.excess.is_some_and(|e| e > Fen(0))) {
        let slot = worst.entry(row.rule).or_insert(row);
        if row.amount > slot.amount {
            *slot = row;
        }
    }
    for (rule, row) in worst {
        let yuan = |fen: Option<Fen>| fen.map_or_else(String::new, Fen::text);
        problems.push(
            Problem::new(Code::W_AWARD_GT_COST)
                .at(&candidate.origin)
                .field("investment")
                .value(&candidate.id)
                .with("rule", rule)
                .with("award", yuan(row.amount))
                .with("investment", yuan(candidate.investment.and_then(Fen::of)))
                .with("excess", yuan(row.excess)),
        );
    }
}

#[cfg(test)]
mod tests;
