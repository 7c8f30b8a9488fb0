//! Whom the cells of a raster count: what the study says, else what the name of the file says.
//!
//! WorldPop gives each sex and five-year age band a file of its own (`chn_f_60_2020.tif`, `chn_m_65_…`, since 2024 also `chn_t_60_…` for
//! both). A band counts into every group that its people belong to: women of 80 and over are among the 60+, the 65+ and the 80+.

use std::collections::BTreeSet;

use super::super::headings::{self, Table};
use super::super::{Input, scan};
use crate::city::Group;
use crate::problem::{Code, Problem, Problems};
use crate::words;

/// The groups that bands add up to, and the age at which each begins.
const BEGINS: [(Group, u8); 4] = [(Group::Population, 0), (Group::Elderly60, 60), (Group::Elderly65, 65), (Group::Elderly80, 80)];
/// The last band of the releases up to 2023, there everybody of 80 and over; where a file of an older band is given, 80 ends at 84.
const LAST: u8 = 80;

/// Whose file a band is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sex {
    Women,
    Men,
    Both,
}

/// A sex and the first year of an age band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Band {
    age: u8,
    sex: Sex,
}

impl Band {
    /// As WorldPop writes it.
    fn name(self) -> String {
        let sex = match self.sex {
            Sex::Women => "f",
            Sex::Men => "m",
            Sex::Both => "t",
        };
        format!("{sex}_{}", self.age)
    }
}

/// For each raster the groups that its cells count into, in the order of [`Group::ALL`]. Problems are pushed: a name that says nothing,
/// bands that are missing (W-RASTER), people counted twice or in nothing, unknown fields (errors).
pub fn groups(inputs: &[&Input], problems: &mut Problems) -> Vec<Vec<Group>> {
    let mut told: Vec<Option<Vec<Group>>> = inputs.iter().map(|input| said(input, problems)).collect();
    let bands: Vec<Option<Band>> = inputs.iter().zip(&told).map(|(i, told)| told.is_none().then(|| band(&stem(i))).flatten()).collect();
    let given: BTreeSet<Band> = bands.iter().flatten().copied().collect();
    let begun: Vec<(Group, u8)> = BEGINS.into_iter().filter(|(_, from)| given.iter().any(|b| b.age == *from)).collect();
    let mut whole: Vec<(Group, usize)> = Vec::new();
    for (i, input) in inputs.iter().enumerate() {
        if told[i].is_some() {
            continue;
        }
        if let Some(band) = bands[i] {
            let groups: Vec<Group> = begun.iter().filter(|(_, from)| band.age >= *from).map(|(g, _)| *g).collect();
            if groups.is_empty() {
                problems.push(scan::refuse(input, Code::E_RASTER).why("@why.raster.no_group").with("band", band.name()));
            }
            told[i] = Some(groups);
            continue;
        }
        let group = named(input, problems);
        if let Some((_, other)) = whole.iter().find(|(g, _)| *g == group) {
            problems.push(twice(input, inputs[*other], group.name()));
        } else if begun.iter().any(|(g, _)| *g == group) {
            let other = bands.iter().position(Option::is_some).unwrap_or(0);
            problems.push(twice(input, inputs[other], group.name()));
        }
        whole.push((group, i));
        told[i] = Some(vec![group]);
    }
    same_people(inputs, &bands, problems);
    if let Some(first) = bands.iter().position(Option::is_some) {
        for (group, from) in begun {
            missing(inputs[first], group, from, &given, problems);
        }
    }
    let in_order = |groups: Vec<Group>| Group::ALL.into_iter().filter(|g| groups.contains(g)).collect();
    told.into_iter().map(|groups| in_order(groups.unwrap_or_default())).collect()
}

/// What `field` or `fields` of the study say; `None` when they say nothing.
fn said(input: &Input, problems: &mut Problems) -> Option<Vec<Group>> {
    if input.fields.is_empty() {
        return None;
    }
    let mut groups = Vec::new();
    for (field, _) in &input.fields {
        match Group::ALL.into_iter().find(|g| g.name() == field) {
            Some(group) => groups.push(group),
            None => {
                let known = Group::ALL.map(Group::name);
                let hint = words::nearest(field, known).map_or_else(|| known.join(", "), |near| format!("`{near}`?"));
                problems.push(
                    Problem::new(Code::E_SETTING)
                        .field(format!("demand.fields.{field}"))
                        .value(&input.shown)
                        .why("@why.field.unknown")
                        .with("hint", hint),
                );
            }
        }
    }
    Some(groups)
}

/// The group that a name without a band means: a heading that everybody would understand, else people.
fn named(input: &Input, problems: &mut Problems) -> Group {
    let stem = stem(input);
    let (columns, _) = headings::recognise(Table::Demand, std::slice::from_ref(&stem), &Input::default());
    if let Some(group) = Group::ALL.into_iter().find(|g| columns.has(g.name())) {
        if columns.get(group.name()).is_some_and(|c| c.base_assumed) {
            problems.push(scan::refuse(input, Code::W_BASE).field(group.name()).value(&stem));
        }
        return group;
    }
    if !words_of(&stem).iter().any(|word| matches!(word.as_str(), "ppp" | "pop" | "population" | "people")) {
        let problem = scan::refuse(input, Code::W_RASTER).field(Group::Population.name());
        problems.push(problem.why("@why.raster.assumed"));
    }
    Group::Population
}

/// The same people in two files: a band twice, or both sexes beside one of them.
fn same_people(inputs: &[&Input], bands: &[Option<Band>], problems: &mut Problems) {
    for (i, band) in bands.iter().enumerate() {
        let Some(band) = band else { continue };
        let overlaps = |other: &Band| other.age == band.age && (other.sex == band.sex || other.sex == Sex::Both || band.sex == Sex::Both);
        if let Some(other) = bands[..i].iter().position(|other| other.as_ref().is_some_and(overlaps)) {
            problems.push(twice(inputs[i], inputs[other], &band.name()));
        }
    }
}

fn twice(input: &Input, other: &Input, what: &str) -> Problem {
    scan::refuse(input, Code::E_RASTER).field(what).why("@why.raster.twice").with("other", &other.shown)
}

/// W-RASTER for bands that a group lacks: its people of these ages are not counted.
fn missing(input: &Input, group: Group, from: u8, given: &BTreeSet<Band>, problems: &mut Problems) {
    let last = given.iter().map(|b| b.age).max().unwrap_or(LAST).max(LAST);
    let ages = (0..=last).filter(|age| *age >= from && (*age == 1 || age.is_multiple_of(5)));
    let has = |age, sex| given.contains(&Band { age, sex });
    let mut lacking = Vec::new();
    for age in ages.filter(|age| !has(*age, Sex::Both)) {
        match (has(age, Sex::Women), has(age, Sex::Men)) {
            (true, true) => {}
            (false, false) => lacking.push(age.to_string()),
            (true, false) => lacking.push(Band { age, sex: Sex::Men }.name()),
            (false, true) => lacking.push(Band { age, sex: Sex::Women }.name()),
        }
    }
    if !lacking.is_empty() {
        let problem = scan::refuse(input, Code::W_RASTER).field(group.name()).value(lacking.join(", "));
        problems.push(problem.why("@why.raster.bands"));
    }
}

fn stem(input: &Input) -> String {
    let name = input.shown.rsplit('/').next().unwrap_or(&input.shown);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

fn words_of(stem: &str) -> Vec<String> {
    stem.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// `chn_f_60_2020`, `pop_65_m_wuhan`, `chn_t_05_2025_CN_100m_R2025A_v1`: a sex and an age side by side, in either order.
fn band(stem: &str) -> Option<Band> {
    let sex = |word: &str| match word {
        "f" | "female" => Some(Sex::Women),
        "m" | "male" => Some(Sex::Men),
        "t" => Some(Sex::Both),
        _ => None,
    };
    let age = |word: &str| {
        let n: u8 = word.parse().ok().filter(|_| word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit()))?;
        (n <= 100 && (n == 1 || n.is_multiple_of(5))).then_some(n)
    };
    let words = words_of(stem);
    words.windows(2).find_map(|pair| {
        let (a, b) = (pair[0].as_str(), pair[1].as_str());
        let (sex, age) = sex(a).zip(age(b)).or_else(|| sex(b).zip(age(a)))?;
        Some(Band { age, sex })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(names: &[&str]) -> (Vec<Vec<Group>>, Vec<(Code, String)>) {
        let inputs: Vec<Input> = names.iter().map(|n| Input { shown: format!("raster/{n}.tif"), ..Input::default() }).collect();
        let mut problems = Problems::default();
        let groups = groups(&inputs.iter().collect::<Vec<_>>(), &mut problems);
        let said = problems.iter().map(|p| (p.code, p.value.clone().or(p.field.clone()).unwrap_or_default())).collect();
        (groups, said)
    }

    #[test]
    fn the_age_of_a_band_decides_into_which_groups_it_counts() {
        use Group::*;
        let every: Vec<String> =
            [60, 65, 70, 75, 80].iter().flat_map(|age| ["f", "m"].map(|sex| format!("chn_{sex}_{age}_2020"))).collect();
        let (groups, said) = counted(&every.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(said, []);
        assert_eq!(groups[0], [Elderly60]);
        assert_eq!(groups[3], [Elderly60, Elderly65]);
        assert_eq!(groups[5], [Elderly60, Elderly65]);
        assert_eq!(groups[9], [Elderly60, Elderly65, Elderly80]);
    }

    #[test]
    fn names_are_read_in_either_order_and_with_either_release() {
        let of = |stem: &str| band(stem).map(|b| (b.sex, b.age));
        assert_eq!(of("pop_65_f_wuhan"), Some((Sex::Women, 65)));
        assert_eq!(of("chn_m_0_2020_constrained"), Some((Sex::Men, 0)));
        assert_eq!(of("chn_t_05_2025_CN_100m_R2025A_v1"), Some((Sex::Both, 5)));
        assert_eq!(of("WUHAN_F_80_2020"), Some((Sex::Women, 80)));
        assert_eq!([of("chn_ppp_2020"), of("chn_f_63_2020"), of("pop_2020"), of("m_2020")], [None; 4]);
    }

    #[test]
    fn bands_that_a_group_lacks_are_named_and_a_group_whose_first_band_is_missing_is_not_given() {
        let (groups, said) = counted(&["pop_65_f_wuhan", "pop_65_m_wuhan"]);
        assert_eq!(groups, [[Group::Elderly65], [Group::Elderly65]]);
        assert_eq!(said, [(Code::W_RASTER, "70, 75, 80".to_owned())]);
        let (_, said) = counted(&["chn_t_80_2025", "chn_t_85_2025", "chn_f_90_2025"]);
        assert_eq!(said, [(Code::W_RASTER, "m_90".to_owned())]);
        let (groups, said) = counted(&["chn_f_70_2020"]);
        assert_eq!((groups[0].len(), said[0].0), (0, Code::E_RASTER), "people of 70 to 74 are no group");
    }

    #[test]
    fn the_same_people_in_two_files_are_an_error() {
        assert_eq!(counted(&["a_f_80", "b_f_80", "c_m_80"]).1, [(Code::E_RASTER, "f_80".to_owned())]);
        assert_eq!(counted(&["a_t_80", "a_m_80"]).1, [(Code::E_RASTER, "m_80".to_owned())]);
        assert_eq!(counted(&["chn_ppp_2020", "chn_pop_2021"]).1, [(Code::E_RASTER, "population".to_owned())]);
    }

    #[test]
    fn a_name_may_be_a_heading_and_a_name_that_says_nothing_is_people_with_a_warning() {
        assert_eq!(counted(&["elderly_60"]), (vec![vec![Group::Elderly60]], vec![]));
        assert_eq!(counted(&["chn_ppp_2020"]), (vec![vec![Group::Population]], vec![]));
        assert_eq!(counted(&["x"]), (vec![vec![Group::Population]], vec![(Code::W_RASTER, "population".to_owned())]));
    }

    #[test]
    fn what_the_study_says_wins_over_the_name() {
        let fields = |fields: &[&str]| fields.iter().map(|f| ((*f).to_owned(), "value".to_owned())).collect();
        let input = Input { shown: "chn_f_80_2020.tif".into(), fields: fields(&["elderly_65", "elderly_60"]), ..Input::default() };
        let mut problems = Problems::default();
        assert_eq!(groups(&[&input], &mut problems), [[Group::Elderly60, Group::Elderly65]]);
        assert!(problems.is_empty());
        let wrong = Input { fields: fields(&["elderly60"]), ..input };
        groups(&[&wrong], &mut problems);
        assert_eq!(
            problems.iter().map(|p| (p.code, p.field.as_deref())).collect::<Vec<_>>(),
            [(Code::E_SETTING, Some("demand.fields.elderly60"))]
        );
    }
}
