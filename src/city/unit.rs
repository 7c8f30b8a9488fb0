//! In which city, county or street a candidate stands: by its own columns, else by its host community's.

use std::collections::BTreeMap;

use super::{Candidate, City, Community, County};

/// How large a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum UnitLevel {
    City,
    County,
    Street,
}

impl UnitLevel {
    /// As written in tables and quota files.
    pub fn key(self) -> &'static str {
        match self {
            UnitLevel::City => "city",
            UnitLevel::County => "county",
            UnitLevel::Street => "street",
        }
    }

    /// The level that a quota file names, in either language; `None` for any other word.
    pub fn read(word: &str) -> Option<UnitLevel> {
        match word.trim().to_lowercase().as_str() {
            "city" | "市" => Some(UnitLevel::City),
            "county" | "县" | "区" | "县区" | "县（市、区）" => Some(UnitLevel::County),
            "street" | "街道" | "街镇" | "乡镇" => Some(UnitLevel::Street),
            _ => None,
        }
    }
}

/// A city, county or street. At least one of code and name is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// Six digits for cities and counties, nine for streets; empty where it is not known.
    pub code: String,
    /// Its name; empty where it is not known.
    pub name: String,
}

impl Unit {
    fn of(code: String, name: String) -> Option<Unit> {
        (!code.is_empty() || !name.is_empty()).then_some(Unit { code, name })
    }

    /// What tells it from others: its code, else its name.
    pub fn key(&self) -> &str {
        if self.code.is_empty() { &self.name } else { &self.code }
    }

    /// Whether a row of a table with this code and name means it: by code where both have one, else by name.
    pub fn is(&self, code: &str, name: &str) -> bool {
        if !self.code.is_empty() && !code.is_empty() { self.code == code } else { !name.is_empty() && self.name == name }
    }
}

/// The county of each candidate: by its code, else its host's, else its host's county name where one county has it.
pub fn counties(city: &City) -> Vec<Option<&County>> {
    let mut by_code: BTreeMap<&str, &County> = BTreeMap::new();
    city.counties.iter().for_each(|county| _ = by_code.entry(&county.code).or_insert(county));
    let mut by_name: BTreeMap<&str, Option<&County>> = BTreeMap::new();
    for county in &city.counties {
        by_name.entry(&county.name).and_modify(|found| *found = None).or_insert(Some(county));
    }
    let of = |candidate: &Candidate| {
        let host = candidate.host.and_then(|host| city.communities.get(host as usize));
        let codes = [candidate.county_code.as_deref(), host.and_then(|h| h.county_code.as_deref())];
        let known = codes.into_iter().flatten().find_map(|code| by_code.get(code).copied());
        known.or_else(|| by_name.get(host?.county.as_deref()?).copied().flatten())
    };
    city.candidates.iter().map(of).collect()
}

/// The unit of each candidate, in file order; `None` where nothing says it. Candidates of one unit have equal units.
pub fn of_candidates(city: &City, level: UnitLevel) -> Vec<Option<Unit>> {
    let host = |candidate: &Candidate| candidate.host.and_then(|host| city.communities.get(host as usize));
    let unit = |(candidate, county): (&Candidate, Option<&County>)| match level {
        UnitLevel::Street => street(candidate, host(candidate)),
        UnitLevel::County => {
            let (code, name) = county_of(candidate, host(candidate), county);
            Unit::of(code, name)
        }
        UnitLevel::City => {
            let (code, _) = county_of(candidate, host(candidate), county);
            // The first four of a county's six digits are its city's.
            let derived = digits(&code, 6).then(|| format!("{}00", &code[..4]));
            let code = county.and_then(|c| c.city_code.clone()).or(derived).unwrap_or_default();
            Unit::of(code, county.and_then(|c| c.city.clone()).unwrap_or_default())
        }
    };
    let mut units: Vec<Option<Unit>> = city.candidates.iter().zip(counties(city)).map(unit).collect();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for unit in units.iter().flatten().filter(|u| !u.code.is_empty() && !u.name.is_empty()) {
        names.entry(unit.code.clone()).or_insert_with(|| unit.name.clone());
    }
    for unit in units.iter_mut().flatten() {
        if let Some(name) = names.get(&unit.code) {
            unit.name.clone_from(name);
        }
    }
    units
}

fn county_of(candidate: &Candidate, host: Option<&Community>, county: Option<&County>) -> (String, String) {
    let code = county.map(|c| c.code.clone()).or_else(|| candidate.county_code.clone()).or_else(|| host?.county_code.clone());
    let name = county.map(|c| c.name.clone()).or_else(|| host?.county.clone());
    (code.unwrap_or_default(), name.unwrap_or_default())
}

/// A community's twelve digits begin with its street's nine.
fn street(candidate: &Candidate, host: Option<&Community>) -> Option<Unit> {
    let community = host.map(|h| h.code.as_str()).or(candidate.community_code.as_deref()).unwrap_or_default();
    let code = if digits(community, 12) { community[..9].to_owned() } else { String::new() };
    let name = candidate.street.clone().or_else(|| host?.street.clone()).unwrap_or_default();
    Unit::of(code, name)
}

fn digits(code: &str, n: usize) -> bool {
    code.len() == n && code.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::sample::community;
    use crate::problem::Origin;

    fn county(code: &str, name: &str, city: Option<&str>) -> County {
        let (city_code, origin) = (None, Origin::default());
        let (code, name, city) = (code.to_owned(), name.to_owned(), city.map(str::to_owned));
        County { code, name, county_type: None, prior_projects: None, previous_grade: None, city, city_code, origin }
    }

    #[test]
    fn a_candidates_own_code_goes_before_its_hosts_and_what_nobody_says_is_unknown() {
        let counties = vec![county("140403", "潞州区", Some("长治市")), county("140404", "上党区", None)];
        let mut city = City { counties, ..City::default() };
        let mut host = community("140403001001");
        (host.county_code, host.street) = (Some("140403".to_owned()), Some("东街".to_owned()));
        city.communities.push(host);
        let own = |county: Option<&str>, host| Candidate { county_code: county.map(str::to_owned), host, ..Candidate::default() };
        city.candidates = vec![own(None, Some(0)), own(Some("140404"), Some(0)), own(None, None), own(Some("140425"), None)];
        let keys = |level| -> Vec<String> {
            let shown = |u: &Option<Unit>| u.as_ref().map_or("-".to_owned(), |u| format!("{} {}", u.code, u.name));
            of_candidates(&city, level).iter().map(shown).collect()
        };
        assert_eq!(keys(UnitLevel::County), ["140403 潞州区", "140404 上党区", "-", "140425 "]);
        // 上党区 and the county that no table holds lie in 1404, whose name another county tells.
        assert_eq!(keys(UnitLevel::City), ["140400 长治市", "140400 长治市", "-", "140400 长治市"]);
        assert_eq!(keys(UnitLevel::Street), ["140403001 东街", "140403001 东街", "-", "-"]);
    }

    #[test]
    fn rows_of_a_table_mean_a_unit_by_code_and_without_one_by_name() {
        let unit = Unit { code: "140400".to_owned(), name: "长治市".to_owned() };
        assert!(unit.is("140400", "") && unit.is("", "长治市") && !unit.is("140500", "长治市") && !unit.is("", ""));
    }
}
