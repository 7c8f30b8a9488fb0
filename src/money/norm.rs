//! What each norm asks for, what is there, and what is missing: for estates, communities, villages, streets and counties.
//!
//! A norm that speaks of new estates gives a verdict for those alone; for all else the same figure is a reference value (参照值).

use std::collections::BTreeMap;

use super::terms::{Measure, Terms};
use crate::city::{City, CommunityKind, Facility, Group};
use crate::coverage::supply::{counting, supplies};
use crate::coverage::{CommunityCover, Coverage};
use crate::problem::{Code, Problem, Problems};
use crate::settings::Settings;
use crate::units::{Count, SquareMetres};

/// Whether a norm binds or is only held beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Standing {
    Verdict,
    Reference,
}

impl Standing {
    /// As written in `norm.csv`.
    pub fn key(self) -> &'static str {
        match self {
            Standing::Verdict => "verdict",
            Standing::Reference => "reference",
        }
    }
}

/// In what need and existing are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// m² of floor.
    SquareMetres,
    /// Facilities.
    Facilities,
    /// Meals a day.
    Meals,
}

impl Unit {
    /// As written in `norm.csv`.
    pub fn key(self) -> &'static str {
        match self {
            Unit::SquareMetres => "m2",
            Unit::Facilities => "facilities",
            Unit::Meals => "meals",
        }
    }
}

/// One row of `norm.csv`; `None` = unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Id of the pack.
    pub pack: String,
    /// Id of the clause.
    pub rule: &'static str,
    /// `estate`, `community`, `village`, `street`, `county`
    pub subject_kind: &'static str,
    /// Its code; a street's is its name.
    pub subject_id: String,
    /// Its name.
    pub name: String,
    /// The field that the need is reckoned from; empty where it hangs on none.
    pub base: &'static str,
    /// Its value.
    pub base_value: Option<Count>,
    /// How much is asked for.
    pub need: Option<f64>,
    /// How much is there.
    pub existing: Option<f64>,
    /// In which unit.
    pub unit: Unit,
    /// Residents of the subject.
    pub residents: Option<Count>,
    /// Floor that the people of a community can walk to, after sharing it with all who can.
    pub in_reach: Option<f64>,
    /// Verdict or reference.
    pub standing: Standing,
}

impl Row {
    /// max(0, need − existing)
    pub fn gap(&self) -> Option<f64> {
        self.need.zip(self.existing).map(|(need, existing)| (need - existing).max(0.0))
    }

    /// The need of a thousand residents.
    pub fn need_per_1000_residents(&self) -> Option<f64> {
        let residents = self.residents.filter(|n| *n > Count::ZERO)?;
        self.need.map(|need| need * 1000.0 / residents.as_f64())
    }
}

/// Every norm of every pack over all its subjects, in the order of packs, documents and files. E-BASE where a norm speaks of
/// registered people and no community has them: residents are never taken instead.
pub fn norms(settings: &Settings, city: &City, coverage: &Coverage, packs: &[(&str, &'static Terms)], problems: &mut Problems) -> Vec<Row> {
    let mut covers: Vec<Option<&CommunityCover>> = vec![None; city.communities.len()];
    coverage.communities.iter().for_each(|row| covers[row.community as usize] = Some(row));
    let mut rows = Vec::new();
    for (pack, terms) in packs {
        for norm in &terms.norms {
            let subject = Subjects { pack, rule: &norm.rule, city, covers: &covers };
            match &norm.by {
                Measure::PerHousehold { m2 } => subject.per_household(*m2, &mut rows),
                Measure::PerPerson { m2, at_least, kinds } => subject.per_person(*m2, *at_least, kinds, &mut rows),
                Measure::PerVillage { count, kinds } => subject.per_village(*count, kinds, &mut rows),
                Measure::PerStreet { count, meals_at_least, kinds } => subject.per_street(*count, *meals_at_least, kinds, &mut rows),
                Measure::MealsOfRegistered65 { percent, kinds } => {
                    if city.communities.iter().all(|c| c.registered[1].is_none()) {
                        let file = settings.inputs.communities.first().map_or("", |input| input.shown.as_str());
                        let problem = Problem::new(Code::E_BASE).file(file).field("registered_65").value(Group::Elderly65.name());
                        problems.push(problem);
                    } else {
                        subject.meals(*percent, kinds, &mut rows);
                    }
                }
            }
        }
    }
    rows
}

/// One norm and what it is held against.
struct Subjects<'a> {
    pack: &'a str,
    rule: &'static str,
    city: &'a City,
    covers: &'a [Option<&'a CommunityCover>],
}

impl Subjects<'_> {
    fn row(&self, subject_kind: &'static str, id: &str, name: &str, unit: Unit) -> Row {
        Row {
            pack: self.pack.to_owned(),
            rule: self.rule,
            subject_kind,
            subject_id: id.to_owned(),
            name: name.to_owned(),
            base: "",
            base_value: None,
            need: None,
            existing: None,
            unit,
            residents: None,
            in_reach: None,
            standing: Standing::Verdict,
        }
    }

    fn per_household(&self, m2: f64, rows: &mut Vec<Row>) {
        let need = |households: Option<Count>| households.map(|n| m2 * n.as_f64());
        for estate in &self.city.estates {
            rows.push(Row {
                base: "households_planned",
                base_value: estate.households_planned,
                need: need(estate.households_planned),
                existing: estate.care_area_delivered.map(SquareMetres::value),
                standing: if estate.is_new == Some(true) { Standing::Verdict } else { Standing::Reference },
                ..self.row("estate", &estate.code, &estate.name, Unit::SquareMetres)
            });
        }
        for (c, community) in self.city.communities.iter().enumerate() {
            let counted = self.covers[c].and_then(|cover| cover.groups.iter().find(|g| g.group == Group::Households));
            let households = counted.map(|g| g.people).or(community.counts[Group::Households]);
            rows.push(Row {
                base: "households",
                base_value: households,
                need: need(households),
                existing: self.covers[c].and_then(|cover| cover.area_inside),
                residents: community.counts[Group::Population],
                in_reach: self.in_reach(c),
                standing: Standing::Reference,
                ..self.row("community", &community.code, &community.name, Unit::SquareMetres)
            });
        }
    }

    fn per_person(&self, m2: f64, at_least: f64, kinds: &[String], rows: &mut Vec<Row>) {
        let floor = self.floor(kinds);
        for (c, community) in self.city.communities.iter().enumerate().filter(|(_, c)| c.kind == CommunityKind::Urban) {
            let population = community.counts[Group::Population];
            rows.push(Row {
                base: "population",
                base_value: population,
                need: population.map(|n| (m2 * n.as_f64()).max(at_least)),
                existing: floor.as_ref().and_then(|floor| floor[c]),
                residents: population,
                in_reach: self.in_reach(c),
                ..self.row("community", &community.code, &community.name, Unit::SquareMetres)
            });
        }
    }

    fn per_village(&self, count: u32, kinds: &[String], rows: &mut Vec<Row>) {
        let mut standing_in = vec![0u32; self.city.communities.len()];
        for facility in self.operating(kinds) {
            if let Some(host) = facility.community {
                standing_in[host as usize] += 1;
            }
        }
        for (c, community) in self.city.communities.iter().enumerate().filter(|(_, c)| c.kind == CommunityKind::Village) {
            rows.push(Row {
                need: Some(count.into()),
                existing: self.facilities_are_known().then(|| standing_in[c].into()),
                residents: community.counts[Group::Population],
                ..self.row("village", &community.code, &community.name, Unit::Facilities)
            });
        }
    }

    fn per_street(&self, count: u32, meals_at_least: u64, kinds: &[String], rows: &mut Vec<Row>) {
        // Two counties may each have a street of one name.
        let mut streets: BTreeMap<(String, &str), Street> = BTreeMap::new();
        for community in &self.city.communities {
            let Some(street) = community.street.as_deref() else { continue };
            let county = community.county_code.clone().or_else(|| community.county.clone()).unwrap_or_default();
            streets.entry((county, street)).or_insert_with(Street::empty).add(community.counts[Group::Population]);
        }
        for facility in self.operating(kinds) {
            let Some(host) = facility.community.and_then(|c| self.city.communities.get(c as usize)) else { continue };
            let county = host.county_code.clone().or_else(|| host.county.clone()).unwrap_or_default();
            let Some(street) = host.street.as_deref().and_then(|street| streets.get_mut(&(county, street))) else { continue };
            match facility.meals {
                Some(meals) if meals >= Count::whole(meals_at_least) => street.existing = street.existing.map(|n| n + 1.0),
                Some(_) => {}
                None => street.existing = None,
            }
        }
        for ((_, name), street) in streets {
            rows.push(Row {
                need: Some(count.into()),
                existing: street.existing.filter(|_| self.facilities_are_known()),
                residents: street.residents,
                ..self.row("street", name, name, Unit::Facilities)
            });
        }
    }

    fn meals(&self, percent: u32, kinds: &[String], rows: &mut Vec<Row>) {
        #[derive(Debug)]
        struct County {
            name: String,
            registered: Option<Count>,
            residents: Option<Count>,
            meals: Option<Count>,
        }
        let city = self.city;
        let key = |c: u32| city.communities.get(c as usize).and_then(|c| c.county_code.clone().or_else(|| c.county.clone()));
        let mut counties: BTreeMap<String, County> = BTreeMap::new();
        for (c, community) in city.communities.iter().enumerate() {
            let code = key(c as u32).unwrap_or_default();
            let listed = city.counties.iter().find(|county| county.code == code).map(|county| county.name.clone());
            let new = || County {
                name: listed.or_else(|| community.county.clone()).unwrap_or_default(),
                registered: Some(Count::ZERO),
                residents: Some(Count::ZERO),
                meals: Some(Count::ZERO),
            };
            let county = counties.entry(code).or_insert_with(new);
            county.registered = county.registered.zip(community.registered[1]).map(|(a, b)| a + b);
            county.residents = county.residents.zip(community.counts[Group::Population]).map(|(a, b)| a + b);
        }
        let only = if counties.len() == 1 { counties.keys().next().cloned() } else { None };
        for facility in self.operating(kinds) {
            // A study of one county holds that county's facilities, also those that no community is known for.
            let code = facility.community.map(|c| key(c).unwrap_or_default()).or_else(|| only.clone());
            if let Some(county) = code.and_then(|code| counties.get_mut(&code)) {
                county.meals = county.meals.zip(facility.meals).map(|(a, b)| a + b);
            }
        }
        for (code, county) in counties {
            // Whole meals, rounded up: 5 % of 100,010 people is 5,001.
            let whole = |n: Count| (u128::from(n.0) * u128::from(percent)).div_ceil(100 * 1_000_000) as f64;
            rows.push(Row {
                base: "registered_65",
                base_value: county.registered,
                need: county.registered.map(whole),
                existing: county.meals.filter(|_| self.facilities_are_known()).map(Count::as_f64),
                residents: county.residents,
                ..self.row("county", &code, &county.name, Unit::Meals)
            });
        }
    }

    /// Without a table of facilities nothing is said about what is there.
    fn facilities_are_known(&self) -> bool {
        self.city.given.facilities || !self.city.facilities.is_empty()
    }

    /// Operating facilities of these kinds, each once however often the file repeats it.
    fn operating(&self, kinds: &[String]) -> Vec<&Facility> {
        let all = supplies(self.city, &counting(self.city, Some(kinds)));
        all.iter().map(|s| &self.city.facilities[s.facility as usize]).collect()
    }

    /// Floor of these kinds by community, a joint facility's shared out by `serves` in proportion to households, or equally where
    /// those of one are unknown. `None` without a table of facilities.
    fn floor(&self, kinds: &[String]) -> Option<Vec<Option<f64>>> {
        let mut floor = self.facilities_are_known().then(|| vec![Some(0.0); self.city.communities.len()])?;
        for facility in self.operating(kinds) {
            let mut users: Vec<u32> = facility.community.iter().chain(&facility.serves).copied().collect();
            users.retain(|c| (*c as usize) < floor.len());
            users.sort_unstable();
            users.dedup();
            let households = |c: &u32| self.city.communities[*c as usize].counts[Group::Households].map(Count::as_f64);
            let weights: Option<Vec<f64>> = users.iter().map(households).collect();
            let weights = weights.filter(|w| w.iter().sum::<f64>() > 0.0).unwrap_or_else(|| vec![1.0; users.len()]);
            let sum: f64 = weights.iter().sum();
            let area = facility.floor_area.or(facility.care_area).map(SquareMetres::value);
            for (c, weight) in users.iter().zip(weights) {
                let slot = &mut floor[*c as usize];
                *slot = slot.zip(area).map(|(so_far, all)| so_far + all * (weight / sum));
            }
        }
        Some(floor)
    }

    /// m² in reach of a community: what its known households get, each its share.
    fn in_reach(&self, community: usize) -> Option<f64> {
        let cover = self.covers[community]?;
        let households = cover.groups.iter().find(|g| g.group == Group::Households)?;
        cover.m2_per_100_households.map(|m2| m2 * households.known().as_f64() / 100.0)
    }
}

/// A street in the making.
struct Street {
    existing: Option<f64>,
    residents: Option<Count>,
}

impl Street {
    fn empty() -> Self {
        Street { existing: Some(0.0), residents: Some(Count::ZERO) }
    }

    fn add(&mut self, population: Option<Count>) {
        self.residents = self.residents.zip(population).map(|(a, b)| a + b);
    }
}

#[cfg(test)]
mod tests;
