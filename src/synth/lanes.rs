//! Old quarters and villages: lanes that bend, small lots, blind alleys, a house at each yard.

use super::dice::Dice;
use super::fabric::{Fabric, Face};
use super::parcel::Home;
use super::people::{self, Manner};
use super::place::{self, Class, Walk};

/// How close lanes and houses stand.
#[derive(Clone, Copy)]
pub(super) struct Grain {
    /// Square metres between lanes.
    pub lot: f64,
    /// Metres of a yard along and across the row.
    pub yard: (f64, f64),
    /// Of a hundred yards, how many are lived in.
    pub filled: u32,
    /// Who lives there.
    pub manner: Manner,
    /// Homes that one point stands for.
    pub homes: u32,
}

impl Grain {
    /// The same quarter told with fewer points and lanes.
    pub fn told(self, homes: u32) -> Grain {
        let fewer = f64::from(homes);
        Grain { lot: self.lot * fewer * fewer.sqrt(), yard: (self.yard.0 * fewer, self.yard.1), homes, ..self }
    }
}

/// The old town.
pub(super) const OLD_TOWN: Grain = Grain { lot: 4300.0, yard: (10.8, 13.2), filled: 88, manner: Manner::Courtyard, homes: 1 };
/// A village.
pub(super) const VILLAGE: Grain = Grain { lot: 6600.0, yard: (13.0, 17.0), filled: 87, manner: Manner::Farmhouse, homes: 1 };

/// Cuts a parcel into lots by lanes and puts houses on them.
pub(super) fn settle(fabric: &mut Fabric, face: &Face, grain: &Grain, year: i32, homes: &mut Vec<Home>, dice: &mut Dice) {
    let lots = fabric.divide(*face, grain.lot, 9.0, dice, &mut |dice| Some(if dice.chance(25) { Class::Residential } else { Class::Lane }));
    for lot in lots {
        if dice.chance(55 / grain.homes) {
            blind_alley(fabric, &lot, dice);
        }
        houses(fabric, &lot, grain, year, homes, dice);
    }
}

/// An alley from a lane to the middle of a lot, and no further.
fn blind_alley(fabric: &mut Fabric, lot: &Face, dice: &mut Dice) {
    let streets = fabric.streets(lot);
    let Some(&edge) = dice.pick(&streets) else { return };
    let patch = fabric.patch(lot);
    if patch.width().min(patch.height()) < 42.0 {
        return;
    }
    let Some(mouth) = fabric.cut(edge, dice.between(0.35, 0.65), 9.0) else { return };
    let deep = patch.at(dice.between(0.46, 0.54), dice.between(0.46, 0.54));
    let from = fabric.places[mouth as usize];
    if from.distance(deep) < 18.0 {
        return;
    }
    let bend = from.towards(deep, 0.5).beside(from, deep, dice.between(-3.0, 3.0));
    if place::cross(&[from, bend, deep], &fabric.around(lot)) {
        return;
    }
    let corners = vec![mouth, fabric.corner(bend), fabric.corner(deep)];
    fabric.walks.push(Walk { corners, class: Class::Footway });
}

fn houses(fabric: &Fabric, lot: &Face, grain: &Grain, year: i32, homes: &mut Vec<Home>, dice: &mut Dice) {
    let (patch, ring) = (fabric.patch(lot), fabric.around(lot));
    let margin = 4.5;
    let across = ((patch.width() - 2.0 * margin) / grain.yard.0).floor().max(1.0) as u32;
    let rows = ((patch.height() - 2.0 * margin) / grain.yard.1).floor().max(1.0) as u32;
    let (edge_u, edge_v) = (margin / patch.width(), margin / patch.height());
    for row in 0..rows {
        for yard in 0..across {
            if !dice.chance(grain.filled) {
                continue;
            }
            let along = |i: u32, n: u32, edge: f64, stray: f64| edge + (1.0 - 2.0 * edge) * (f64::from(i) + 0.5 + stray) / f64::from(n);
            let u = along(yard, across, edge_u, dice.between(-0.14, 0.14));
            let v = along(row, rows, edge_v, dice.between(-0.14, 0.14));
            let at = patch.at(u, v);
            if place::inside(at, &ring[1..]) {
                homes.push(people::homes(at, grain.manner, year, grain.homes, dice));
            }
        }
    }
}
