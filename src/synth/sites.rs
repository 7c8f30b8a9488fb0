//! Where facilities and candidates stand: at a street, inside their community, not on top of one another.

use super::communities::Unit;
use super::dice::Dice;
use super::parcel::Ground;
use super::place::{self, Place};
use super::town::Town;

/// Metres that two sites keep between them: what lies within 30 m would be taken for the same place twice.
const APART: f64 = 70.0;

/// Finds places in one town and remembers those already given away.
pub(super) struct Sites<'a> {
    pub town: &'a Town,
    pub units: &'a [Unit],
    taken: Vec<Place>,
}

impl<'a> Sites<'a> {
    pub fn new(town: &'a Town, units: &'a [Unit]) -> Self {
        Sites { town, units, taken: Vec::new() }
    }

    /// A place in a community: near its middle (`central`) or anywhere among its built-up parcels.
    pub fn place(&mut self, unit: usize, central: bool, dice: &mut Dice) -> Option<Place> {
        let parcels: Vec<u32> =
            self.units[unit].parcels.iter().copied().filter(|&p| self.town.parcels[p as usize].ground != Ground::Open).collect();
        let n = parcels.len().max(1) as f64;
        let at = |p: u32| self.town.parcels[p as usize].centre;
        let middle = Place::new(parcels.iter().map(|&p| at(p).x).sum::<f64>() / n, parcels.iter().map(|&p| at(p).y).sum::<f64>() / n);
        let mut order = parcels;
        if central {
            order.sort_by(|&a, &b| at(a).distance(middle).total_cmp(&at(b).distance(middle)).then(a.cmp(&b)));
        } else {
            dice.shuffle(&mut order);
        }
        order.into_iter().find_map(|parcel| self.at_street(parcel, dice))
    }

    /// A place by the river, far from its bridges, with a quarter on the other bank: near in a straight line, far on foot.
    pub fn by_the_river(&mut self, dice: &mut Dice) -> Option<(usize, Place)> {
        let grid = &self.town.grid;
        let places = &self.town.fabric.places;
        let banks: Vec<Place> =
            grid.river_line().iter().flat_map(|&s| &self.town.fabric.sides[s as usize].corners).map(|&c| places[c as usize]).collect();
        let bridges: Vec<Place> = self.town.fabric.sides.iter().filter(|s| s.bridge).map(|s| places[s.corners[0] as usize]).collect();
        let nearest = |of: &[Place], at: Place| of.iter().map(|p| p.distance(at)).fold(f64::MAX, f64::min);
        let mut best: Option<(f64, usize, u32)> = None;
        for (unit, of) in self.units.iter().enumerate().filter(|u| !u.1.village) {
            for &p in &of.parcels {
                let parcel = &self.town.parcels[p as usize];
                let (water, bridge) = (nearest(&banks, parcel.centre), nearest(&bridges, parcel.centre));
                let free = nearest(&self.taken, parcel.centre) > 400.0;
                if parcel.ground != Ground::Open && water < 190.0 && bridge < 900.0 && free && best.is_none_or(|b| bridge > b.0) {
                    best = Some((bridge, unit, p));
                }
            }
        }
        let (_, unit, parcel) = best?;
        Some((unit, self.at_street(parcel, dice)?))
    }

    fn at_street(&mut self, parcel: u32, dice: &mut Dice) -> Option<Place> {
        let around = self.town.fabric.around(&self.town.parcels[parcel as usize].face);
        for _ in 0..6 {
            let inward = dice.between(4.0, 8.0);
            if let Some(at) = self.town.frontage(&self.town.parcels[parcel as usize], inward, dice)
                && place::inside(at, &around[1..])
                && self.taken.iter().all(|t| t.distance(at) > APART)
            {
                self.taken.push(at);
                return Some(at);
            }
        }
        None
    }
}
