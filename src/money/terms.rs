//! The terms of each document, as data: read and checked once, keyed by the id of its pack.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::city::BuildMode;

/// The documents inside the program: pack id and text.
pub(crate) const BUILT_IN: &[(&str, &str)] = &[
    ("changzhi-2020", include_str!("../../data/policies/money/changzhi-2020.toml")),
    ("shanxi-2023", include_str!("../../data/policies/money/shanxi-2023.toml")),
    ("yuncheng-2021", include_str!("../../data/policies/money/yuncheng-2021.toml")),
    ("jiangbei-2018", include_str!("../../data/policies/money/jiangbei-2018.toml")),
    ("jinshan-2020", include_str!("../../data/policies/money/jinshan-2020.toml")),
];

/// What one document pays and asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What it pays, in the order of the document; a share stands after what it is a share of.
    #[serde(default, rename = "subsidy")]
    pub subsidies: Vec<Subsidy>,
    /// How much it asks for.
    #[serde(default, rename = "norm")]
    pub norms: Vec<Norm>,
    /// When neighbours may share a facility.
    pub joint: Option<Joint>,
}

/// One sentence about communities that build together, and the numbers by which groups are proposed. Which of them are ours and not
/// the document's stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joint {
    /// Id of the clause: `S002-09`.
    pub rule: String,
    /// Where it stands.
    pub clause: String,
    /// Its words.
    pub quote: String,
    /// A group needs a member of fewer residents, or one that declares that it is not ready.
    pub people_under: u32,
    /// Boundaries that touch, or are less than so many metres apart, are neighbours.
    pub gap_m: u32,
    /// Floor that each household of the group asks for, m².
    pub m2_per_household: f64,
    /// A joint facility has at least so much floor, m².
    pub at_least_m2: f64,
    /// And at most so much.
    pub at_most_m2: f64,
}

/// Who pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Payer {
    Province,
    City,
    County,
    District,
    /// City and county; the document does not say how they share.
    CityCounty,
    /// City and district; the document does not say how they share.
    CityDistrict,
    Society,
}

impl Payer {
    /// As written in `fund.csv`.
    pub fn key(self) -> &'static str {
        match self {
            Payer::Province => "province",
            Payer::City => "city",
            Payer::County => "county",
            Payer::District => "district",
            Payer::CityCounty => "city_county",
            Payer::CityDistrict => "city_district",
            Payer::Society => "society",
        }
    }
}

/// One sentence about money.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subsidy {
    /// Id of the clause: `S001-33`.
    pub rule: String,
    /// Where it stands.
    pub clause: String,
    /// Its words.
    pub quote: String,
    /// Who pays.
    pub payer: Payer,
    /// Build modes that the clause names (canonical keys); any other needs confirmation. Without it no mode does.
    pub named_modes: Option<Vec<String>>,
    /// Types of facility it pays for; without it every project.
    pub kinds: Option<Vec<String>>,
    /// How much.
    pub by: Formula,
}

/// How much is paid. Amounts in 元, areas in m².
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Formula {
    /// So much for each m², up to a cap by type of county.
    Area { rate: u64, cap_district: u32, cap_other: u32 },
    /// A percentage of another award.
    Share { of: String, percent: u32 },
    /// At least a percentage of another award.
    Minimum { of: String, percent: u32 },
    /// Whatever of the investment another award leaves.
    Rest { of: String },
    /// The mean of a programme, by whether the city pays.
    Mean { city_funded: u64, otherwise: u64 },
    /// So much a year, by type of facility.
    YearlyByType(BTreeMap<String, u64>),
    /// So much a year, by grade.
    YearlyByGrade(BTreeMap<String, u64>),
    /// So much a month for each 自理, 半失能 and 失能 resident in care.
    BedsMonthly([u64; 3]),
}

/// One sentence about how much there must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Norm {
    /// Id of the clause: `S002-29`.
    pub rule: String,
    /// Where it stands.
    pub clause: String,
    /// Its words.
    pub quote: String,
    /// How much.
    pub by: Measure,
}

/// How much there must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Measure {
    /// m² for each household: a verdict for new estates, a reference value for all else.
    PerHousehold { m2: f64 },
    /// m² for each resident, but at least so many; what stands there is the floor of these kinds.
    PerPerson { m2: f64, at_least: f64, kinds: Vec<String> },
    /// So many facilities of these kinds in each village.
    PerVillage { count: u32, kinds: Vec<String> },
    /// So many facilities of these kinds, each with at least so many meals a day, in each street.
    PerStreet { count: u32, meals_at_least: u64, kinds: Vec<String> },
    /// Meals a day: so many per cent of the registered people of 65 and over.
    #[serde(rename = "meals_of_registered_65")]
    MealsOfRegistered65 { percent: u32, kinds: Vec<String> },
}

/// The terms of a pack; `None` where it has none.
pub fn of(pack: &str) -> Option<&'static Terms> {
    static ALL: LazyLock<Vec<(&str, Terms)>> =
        LazyLock::new(|| BUILT_IN.iter().map(|(id, text)| (*id, read(text).expect("the built-in terms are tested"))).collect());
    ALL.iter().find(|(id, _)| *id == pack).map(|(_, terms)| terms)
}

/// Ids of the packs with terms of one kind, for hints.
pub fn known(has: impl Fn(&Terms) -> bool) -> String {
    let ids: Vec<&str> = BUILT_IN.iter().map(|(id, _)| *id).filter(|id| of(id).is_some_and(&has)).collect();
    ids.join(",")
}

/// Reads and checks: a share of an award that is not there, or a build mode that nobody knows, is refused.
fn read(text: &str) -> Result<Terms, String> {
    let terms: Terms = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut awards: Vec<&str> = Vec::new();
    for subsidy in &terms.subsidies {
        match &subsidy.by {
            Formula::Area { .. } => awards.push(&subsidy.rule),
            Formula::Share { of, .. } | Formula::Minimum { of, .. } | Formula::Rest { of } if !awards.contains(&of.as_str()) => {
                return Err(format!("{}: no award {of} above it", subsidy.rule));
            }
            _ => {}
        }
        for mode in subsidy.named_modes.iter().flatten() {
            if !BuildMode::ALL.iter().any(|known| known.key() == mode) {
                return Err(format!("{}: build mode {mode}", subsidy.rule));
            }
        }
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Pack;
    use crate::problem::Problems;

    #[test]
    fn the_built_in_terms_are_sound_and_quote_what_their_packs_quote() {
        for (id, text) in BUILT_IN {
            let terms = read(text).unwrap_or_else(|error| panic!("{id}: {error}"));
            assert!(!terms.subsidies.is_empty() || !terms.norms.is_empty(), "{id}");
            if !crate::policy::check::BUILT_IN.iter().any(|(pack, _)| pack == id) {
                continue;
            }
            let pack = Pack::load(id, std::path::Path::new("."), &mut Problems::default()).unwrap();
            let subsidies = terms.subsidies.iter().map(|s| (&s.rule, &s.clause, &s.quote));
            let joint = terms.joint.iter().map(|j| (&j.rule, &j.clause, &j.quote));
            for (rule, clause, quote) in subsidies.chain(terms.norms.iter().map(|n| (&n.rule, &n.clause, &n.quote))).chain(joint) {
                let said = pack.rule(rule).unwrap_or_else(|| panic!("{id} has no {rule}"));
                assert_eq!(&said.clause, clause, "{rule}");
                assert!(said.quote.contains(quote.as_str()), "{rule}: {quote}");
            }
        }
    }

    #[test]
    fn terms_that_contradict_themselves_are_refused() {
        let term = |by: &str| {
            read(&format!(
                "[[subsidy]]\nrule = \"X-1\"\nclause = \"一\"\nquote = \"…\"\npayer = \"city\"\nnamed_modes = [\"new\"]\nby = {by}\n"
            ))
        };
        assert!(term("{ area = { rate = 1, cap_district = 2, cap_other = 1 } }").is_ok());
        assert!(term("{ share = { of = \"X-0\", percent = 30 } }").unwrap_err().contains("X-0"));
        assert!(term("{ area = { rate = 1, cap_district = 2, cap_other = 1, cap = 3 } }").is_err());
        assert!(term("{ area = { rate = -1, cap_district = 2, cap_other = 1 } }").is_err());
        assert!(read("[[subsidi]]\n").is_err());
    }
}
