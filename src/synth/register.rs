//! What the registers say of each community and estate: sums of its homes, with the gaps that real registers have.

use super::communities::Unit;
use super::dice::{Deck, Dice};
use super::names::Names;
use super::parcel::{Ground, Home, Parcel};
use super::place::Place;
use super::plan::{County, Lot};
use super::town::Town;

/// A line of the community register; `None` is not known.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub code: String,
    pub name: String,
    pub street: String,
    pub village: bool,
    pub households: u32,
    pub occupied: Option<u32>,
    pub people: u32,
    pub elders: [u32; 3],
    /// 户籍 60+, 65+, 80+: another population than the residents.
    pub registered: Option<[u32; 3]>,
    pub disabled: Option<u32>,
    pub special_hardship: Option<u32>,
    pub single_child_lost: Option<u32>,
    pub built_year: Option<i32>,
    pub old: Option<bool>,
    pub is_centre: bool,
    pub estates: Vec<Estate>,
}

/// A line of the estate register.
#[derive(Debug, Clone)]
pub(super) struct Estate {
    pub name: String,
    pub at: Place,
    pub planned: u32,
    pub households: u32,
    pub occupied: Option<u32>,
    pub floor_area: Option<u32>,
    pub built_year: Option<i32>,
    pub old: Option<bool>,
    pub is_new: bool,
    pub care_area: Option<u32>,
}

/// Sums over homes.
fn sum(homes: &[Home], of: impl Fn(&Home) -> u32) -> u32 {
    homes.iter().map(of).sum()
}

/// The registers of a town, in the order of its units.
pub(super) fn records(
    town: &Town,
    units: &[Unit],
    streets: usize,
    lot: &Lot,
    county: &County,
    names: &mut Names,
    dice: &mut Dice,
) -> Vec<Record> {
    let heart = town.fabric.places[town.grid.corner(town.grid.main.1, town.grid.main.0) as usize];
    let middle = |unit: &Unit| {
        let area: f64 = unit.parcels.iter().map(|&p| town.parcels[p as usize].area).sum();
        let of =
            |f: &dyn Fn(&Parcel) -> f64| unit.parcels.iter().map(|&p| &town.parcels[p as usize]).map(|p| f(p) * p.area).sum::<f64>() / area;
        Place::new(of(&|p| p.centre.x) - heart.x, of(&|p| p.centre.y) - heart.y)
    };
    let radius = units.iter().filter(|u| !u.village).map(|u| middle(u).distance(Place::default())).fold(0.0, f64::max);
    let mut numbers = vec![0u32; units.iter().map(|u| u.street + 1).max().unwrap_or(0)];
    let mut uncounted = Deck::new([(true, 1), (false, 14)]);
    let mut all = Vec::with_capacity(units.len());
    for unit in units {
        numbers[unit.street] += 1;
        let number = numbers[unit.street];
        let of_street = if unit.village { unit.street - streets } else { unit.street };
        let street = street_name(names, unit.village, lot, of_street);
        let street_code = lot.in_county * 12 + of_street + if unit.village { 101 } else { 1 };
        let code = format!("{}{street_code:03}{:03}", county.code, if unit.village { 199 + number } else { number });
        let name = if unit.village { names.village(dice) } else { names.community(middle(unit), radius, dice) };
        let hidden = !unit.village && uncounted.draw(dice) == Some(true);
        let estates = estates(town, unit, &name, hidden, names, dice);
        let homes: Vec<Home> = unit.parcels.iter().flat_map(|&p| &town.homes[town.parcels[p as usize].homes.clone()]).copied().collect();
        let elders = [0, 1, 2].map(|age| sum(&homes, |h| h.elders[age]));
        let households = sum(&homes, |h| h.households);
        let old_households: u32 = estates.iter().filter(|e| e.built_year.is_some_and(|y| y <= 2000)).map(|e| e.households).sum();
        let dated: u32 = estates.iter().filter(|e| e.built_year.is_some()).map(|e| e.households).sum();
        let main_year = estates.iter().filter(|e| e.built_year.is_some()).max_by_key(|e| e.households).and_then(|e| e.built_year);
        let over_60 = elders[0];
        let registered = {
            let r60 = dice.part(over_60, 0.84, 1.12);
            let r65 = dice.part(r60, 0.62, 0.74);
            [r60, r65, dice.part(r65, 0.14, 0.24)]
        };
        all.push(Record {
            code,
            name,
            street,
            village: unit.village,
            households,
            occupied: (!hidden).then(|| sum(&homes, |h| h.occupied)),
            people: sum(&homes, |h| h.people),
            elders,
            registered: (!dice.chance(5)).then_some(registered),
            disabled: (!dice.chance(20)).then(|| dice.part(over_60, 0.02, 0.06)),
            special_hardship: (!dice.chance(12)).then(|| dice.part(over_60, 0.004, 0.025)),
            single_child_lost: (!dice.chance(25)).then(|| dice.part(over_60, 0.001, 0.006)),
            built_year: if dice.chance(8) { None } else { main_year },
            old: (dated > 0 && !dice.chance(12)).then_some(old_households * 2 >= households),
            is_centre: number == 1,
            estates,
        });
    }
    all
}

/// Towns of one county have different streets; neighbouring counties too, as far as the words go.
fn street_name(names: &Names, village: bool, lot: &Lot, n: usize) -> String {
    let (list, last) = if village { (&names.townships, "镇") } else { (&names.subdistricts, "街道") };
    let word = list.get((lot.number * 6 + n) % list.len().max(1)).copied().unwrap_or("城关");
    let part = ["", "东", "西", "南", "北", "上", "下", "新"][lot.in_county % 8];
    format!("{word}{part}{last}")
}

/// An estate for each parcel with homes. `hidden`: nobody counted how many have moved in.
fn estates(town: &Town, unit: &Unit, community: &str, hidden: bool, names: &Names, dice: &mut Dice) -> Vec<Estate> {
    let mut estates: Vec<Estate> = Vec::new();
    for parcel in unit.parcels.iter().map(|&p| &town.parcels[p as usize]).filter(|p| !p.homes.is_empty()) {
        let homes = &town.homes[parcel.homes.clone()];
        let households = sum(homes, |h| h.households);
        let base = match parcel.ground {
            Ground::Estate => names.estate(dice),
            Ground::Compound => names.compound(dice),
            Ground::Village => format!("{community}居民点"),
            _ => names.courtyards(dice),
        };
        let taken = estates.iter().filter(|e| e.name.starts_with(&base)).count();
        let name =
            if taken == 0 { base } else { format!("{base}{}区", ["二", "三", "四", "五", "六", "七", "八"][(taken - 1).min(6)]) };
        let per_home = match parcel.ground {
            Ground::Estate => dice.whole(98, 118),
            Ground::Compound => dice.whole(62, 78),
            Ground::Village => dice.whole(120, 150),
            _ => dice.whole(52, 66),
        } as u32;
        let is_new = parcel.ground == Ground::Estate && parcel.year >= 2019;
        let built_year = (!dice.chance(7)).then_some(parcel.year);
        estates.push(Estate {
            name,
            at: parcel.centre,
            planned: if is_new { households + dice.part(households, 0.0, 0.35) } else { households },
            households,
            occupied: (!hidden).then(|| sum(homes, |h| h.occupied)),
            floor_area: (!dice.chance(10)).then_some(households * per_home),
            built_year,
            old: (!dice.chance(6)).then_some(parcel.year <= 2000),
            is_new,
            care_area: (is_new && !dice.chance(15)).then(|| dice.part(households, 0.04, 0.30)),
        });
    }
    estates
}
