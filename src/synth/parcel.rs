//! Parcels: the pieces of ground that belong to one community each, and the homes on them.

use std::ops::Range;

use super::dice::Dice;
use super::fabric::{Edge, Fabric, Face};
use super::place::{Class, Patch, Place};

/// What stands on a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// Courtyards of the old town, along lanes.
    Lanes,
    /// Walled compounds of work units, up to about 2000.
    Compound,
    /// Walled estates of the years since.
    Estate,
    /// Farmhouses along village lanes.
    Village,
    /// Schools, offices, works, parks: nobody lives there.
    Public,
    /// Fields, river, railway.
    Open,
}

/// A piece of ground that belongs to one community.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    pub face: Face,
    pub ground: Ground,
    /// Year built, of parcels with homes.
    pub year: i32,
    /// West of the river.
    pub west: bool,
    /// The village it belongs to; `None` in the built-up ground.
    pub village: Option<u32>,
    pub area: f64,
    pub centre: Place,
    /// Its homes in the town's list.
    pub homes: Range<usize>,
}

/// A building, or one stairwell of it: where people live.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Home {
    pub at: Place,
    pub households: u32,
    pub occupied: u32,
    pub people: u32,
    /// 60 and over, 65 and over, 80 and over.
    pub elders: [u32; 3],
}

impl Fabric {
    /// A face as a square.
    pub fn patch(&self, face: &Face) -> Patch {
        Patch::new(face.0.map(|edge| self.corners(edge).iter().map(|&c| self.places[c as usize]).collect()))
    }

    /// Splits a face across its longer dimension until pieces are smaller than `target` square metres (a third more or less by chance).
    pub fn divide(
        &mut self,
        face: Face,
        target: f64,
        bend: f64,
        dice: &mut Dice,
        class: &mut dyn FnMut(&mut Dice) -> Option<Class>,
    ) -> Vec<Face> {
        let mut todo = vec![face];
        let mut done = Vec::new();
        while let Some(face) = todo.pop() {
            let [south, east, north, west] = face.0.map(|e| self.length(e));
            let (width, height) = ((south + north) / 2.0, (east + west) / 2.0);
            let enough = self.area(&face) < target * dice.between(0.8, 1.45) || width.max(height) < 78.0;
            if enough {
                done.push(face);
                continue;
            }
            let fraction = dice.between(0.40, 0.60);
            let slant = dice.between(-0.05, 0.05);
            let swing = [dice.between(-bend, bend), dice.between(-bend, bend)];
            // A street that would lead from wall to wall would lead nowhere: it becomes a wall too.
            let [south, east, north, west] = face.0.map(|e| self.is_street(e));
            let upright = width >= height;
            let line = class(dice).filter(|_| if upright { south || north } else { west || east });
            match self.split(&face, upright, [fraction + slant, fraction - slant], swing, line) {
                Some([a, b]) => todo.extend([b, a]),
                None => done.push(face),
            }
        }
        done
    }

    /// Edges of a face along which people walk.
    pub fn streets(&self, face: &Face) -> Vec<Edge> {
        face.0.into_iter().filter(|e| self.is_street(*e)).collect()
    }
}
