//! Names that sound like a northern county and mean no real place; the words stand in `data/names/`.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::place::Place;

const COMMUNITIES: &str = include_str!("../../data/names/communities.txt");
const VILLAGES: &str = include_str!("../../data/names/villages.txt");
const STREETS: &str = include_str!("../../data/names/streets.txt");
const ESTATES: &str = include_str!("../../data/names/estates.txt");

/// The words after `key` in a list.
fn words(list: &'static str, key: &str) -> Vec<&'static str> {
    list.lines().filter(|l| l.split(' ').next() == Some(key)).flat_map(|l| l.split(' ').skip(1)).collect()
}

/// The words a town draws its names from; no community name comes twice in a town.
pub(super) struct Names {
    communities: Vec<(&'static str, Vec<&'static str>)>,
    village: [Vec<&'static str>; 2],
    taken: BTreeSet<String>,
    pub roads: Vec<&'static str>,
    pub lanes: Vec<&'static str>,
    pub subdistricts: Vec<&'static str>,
    pub townships: Vec<&'static str>,
    estate: [Vec<&'static str>; 2],
    unit: [Vec<&'static str>; 2],
    operator: [Vec<&'static str>; 2],
    surnames: Vec<&'static str>,
}

impl Names {
    /// A fresh deck of each, shuffled.
    pub fn new(dice: &mut Dice) -> Names {
        let mut deck = |list, key| {
            let mut all = words(list, key);
            dice.shuffle(&mut all);
            all
        };
        Names {
            communities: ["C", "E", "S", "W", "N", "*"].into_iter().map(|key| (key, deck(COMMUNITIES, key))).collect(),
            village: [deck(VILLAGES, "first"), deck(VILLAGES, "last")],
            taken: BTreeSet::new(),
            roads: deck(STREETS, "road"),
            lanes: deck(STREETS, "lane"),
            subdistricts: deck(STREETS, "subdistrict"),
            townships: deck(STREETS, "township"),
            estate: [deck(ESTATES, "first"), deck(ESTATES, "last")],
            unit: [deck(ESTATES, "unit"), deck(ESTATES, "unit_last")],
            operator: [deck(ESTATES, "operator"), deck(ESTATES, "operator_last")],
            surnames: deck(ESTATES, "surname"),
        }
    }

    /// A name for the community that lies at `offset` from the heart of the town, whose built-up ground reaches `radius` metres.
    pub fn community(&mut self, offset: Place, radius: f64, dice: &mut Dice) -> String {
        let far = offset.distance(Place::default());
        let direction = match (offset.x, offset.y) {
            _ if far < radius * 0.25 => "C",
            (x, y) if x.abs() >= y.abs() => {
                if x > 0.0 {
                    "E"
                } else {
                    "W"
                }
            }
            (_, y) => {
                if y > 0.0 {
                    "N"
                } else {
                    "S"
                }
            }
        };
        let wanted = if dice.chance(55) { direction } else { "*" };
        for key in [wanted, "*", direction] {
            let Some((_, deck)) = self.communities.iter_mut().find(|d| d.0 == key) else { continue };
            while let Some(word) = deck.pop() {
                if self.taken.insert(format!("{word}社区")) {
                    return format!("{word}社区");
                }
            }
        }
        // More communities than words: the last resort is to number them.
        let name = format!("第{}社区", self.taken.len() + 1);
        self.taken.insert(name.clone());
        name
    }

    /// A name for a village.
    pub fn village(&mut self, dice: &mut Dice) -> String {
        loop {
            let first = dice.pick(&self.village[0]).copied().unwrap_or("新");
            let last = dice.pick(&self.village[1]).copied().unwrap_or("村");
            // A family name takes 家庄, a feature 沟 or 岭; 村 is said of every village at the end.
            if (first.chars().count() == 1) != last.starts_with('家') || last == "村" && first.chars().count() == 1 {
                continue;
            }
            let name = if last == "村" { format!("{first}村") } else { format!("{first}{last}村") };
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    /// An estate of the last twenty years.
    pub fn estate(&self, dice: &mut Dice) -> String {
        join(&self.estate, dice)
    }

    /// A work unit's compound.
    pub fn compound(&self, dice: &mut Dice) -> String {
        join(&self.unit, dice)
    }

    /// A lane and the courtyards along it.
    pub fn courtyards(&self, dice: &mut Dice) -> String {
        format!("{}巷片区", dice.pick(&self.lanes).unwrap_or(&"大井"))
    }

    /// Who runs a facility.
    pub fn operator(&self, dice: &mut Dice) -> String {
        join(&self.operator, dice)
    }

    /// A person who does not exist: 示例 (example) stands where the given name would.
    pub fn person(&self, dice: &mut Dice) -> String {
        format!("{}示例", dice.pick(&self.surnames).unwrap_or(&"张"))
    }
}

fn join(parts: &[Vec<&'static str>; 2], dice: &mut Dice) -> String {
    parts.iter().filter_map(|part| dice.pick(part)).copied().collect()
}

/// Names of counties (without 区 or 县) or cities (without 市): the `n`-th of all, each once.
pub(super) fn nth(first: &str, last: &str, n: usize) -> String {
    let (first, last) = (words(STREETS, first), words(STREETS, last));
    // Steps that share no divisor with the lengths visit every pair once before any comes again.
    let (a, b) = (n % first.len(), (n * 7 + n / first.len()) % last.len());
    format!("{}{}", first[a], last[b])
}
