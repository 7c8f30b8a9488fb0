//! One town and its land: main streets, quarters, villages.

use super::dice::Dice;
use super::estate;
use super::fabric::{Edge, Fabric, Face};
use super::grid::{Cell, Grid};
use super::lanes;
use super::names::Names;
use super::parcel::{Ground, Home, Parcel};
use super::place::{Class, Place};

/// What a town shall be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub centre: Place,
    /// Communities of the built-up ground, and villages around.
    pub urban: usize,
    pub villages: usize,
    /// Homes that one demand point stands for.
    pub homes: u32,
}

/// A town as built: streets, parcels, homes.
pub(super) struct Town {
    pub fabric: Fabric,
    pub grid: Grid,
    pub parcels: Vec<Parcel>,
    pub homes: Vec<Home>,
    homes_per_point: u32,
    /// Names that sides refer to.
    pub street_names: Vec<String>,
}

impl Town {
    /// Builds it.
    pub fn build(wish: Wish, names: &Names, dice: &mut Dice) -> Town {
        let mut fabric = Fabric::default();
        let blocks = ((wish.urban as f64) * 2.05).round().max(2.0) as usize;
        let grid = Grid::new(&mut fabric, blocks, wish.centre, dice);
        let mut town = Town { fabric, grid, parcels: Vec::new(), homes: Vec::new(), homes_per_point: wish.homes, street_names: Vec::new() };
        town.villages(wish.villages, dice);
        for r in 0..town.grid.rows {
            for c in 0..town.grid.columns {
                if town.grid.cells[r * town.grid.columns + c] == Cell::Built {
                    town.quarter(c, r, dice);
                }
            }
        }
        town.name_streets(names, dice);
        // Corners were added to old sides while blocks were cut: areas and centres are taken when all is done.
        for parcel in &mut town.parcels {
            parcel.area = town.fabric.area(&parcel.face);
            parcel.centre = town.fabric.patch(&parcel.face).at(0.5, 0.5);
        }
        town
    }

    fn parcel(&mut self, face: Face, ground: Ground, year: i32, west: bool, village: Option<u32>, homes: usize) {
        let homes = homes..self.homes.len();
        self.parcels.push(Parcel { face, ground, year, west, village, area: 0.0, centre: Place::default(), homes });
    }

    /// Cuts a superblock into parcels and builds on each: old in the middle, walled and newer farther out.
    fn quarter(&mut self, c: usize, r: usize, dice: &mut Dice) {
        let remote = self.grid.remoteness[r * self.grid.columns + c];
        let west = c <= self.grid.river;
        let old = remote < 0.40;
        let new = remote > 0.70;
        let target = if old {
            24_000.0
        } else if new {
            52_000.0
        } else {
            21_000.0
        };
        let mut class = |dice: &mut Dice| match (old, new) {
            (_, true) => dice.chance(45).then_some(Class::Residential),
            _ => Some(if dice.chance(60) { Class::Residential } else { Class::Lane }),
        };
        let told = self.homes_per_point;
        let face = self.grid.face(c, r);
        let parcels = self.fabric.divide(face, target, 8.0, dice, &mut class);
        // ground: lanes, compound, estate, public
        let shares = if old {
            [60, 13, 2, 25]
        } else if new {
            [6, 8, 44, 42]
        } else {
            [15, 42, 8, 35]
        };
        for face in parcels {
            let mut ground = [Ground::Lanes, Ground::Compound, Ground::Estate, Ground::Public][dice.weighted(&shares)];
            if ground == Ground::Lanes && self.fabric.streets(&face).len() < 4 {
                ground = Ground::Estate;
            }
            let first = self.homes.len();
            let year = match ground {
                Ground::Lanes => dice.whole(1962, 1989),
                Ground::Compound => dice.whole(1978, 2003),
                _ => dice.whole(2003, 2021),
            } as i32;
            let built = match ground {
                Ground::Lanes => {
                    lanes::settle(&mut self.fabric, &face, &lanes::OLD_TOWN.told(told), year, &mut self.homes, dice);
                    true
                }
                Ground::Compound => estate::settle(&mut self.fabric, &face, &estate::COMPOUND.told(told), year, &mut self.homes, dice),
                Ground::Estate => estate::settle(&mut self.fabric, &face, &estate::ESTATE.told(told), year, &mut self.homes, dice),
                _ => true,
            };
            self.parcel(face, if built { ground } else { Ground::Public }, year, west, None, first);
        }
    }

    /// Shares the country around among villages, builds each at a road and leads that road to the town.
    fn villages(&mut self, count: usize, dice: &mut Dice) {
        let (columns, rows) = (self.grid.columns, self.grid.rows);
        let heart = self.fabric.places[self.grid.corner(self.grid.main.1, self.grid.main.0) as usize];
        let mut country: Vec<(f64, usize)> = Vec::new();
        for cell in 0..columns * rows {
            let (c, r) = (cell % columns, cell / columns);
            let kind = self.grid.cells[cell];
            let built = |cell: usize| self.grid.cells[cell] == Cell::Built;
            // River and railway belong to the town where they pass it.
            let passing = match kind {
                Cell::Built => true,
                Cell::Rural => false,
                Cell::Water => {
                    built(r * columns + self.grid.river - 1) || built(r * columns + self.grid.river + 2) || self.beside_built(c, r)
                }
                Cell::Rail => built(cell - columns) || built(cell + columns),
            };
            if passing {
                if kind != Cell::Built {
                    let face = self.grid.face(c, r);
                    self.parcel(face, Ground::Open, 0, c <= self.grid.river, None, self.homes.len());
                }
            } else {
                let at = self.fabric.patch(&self.grid.face(c, r)).at(0.5, 0.5);
                country.push((libm::atan2(at.y - heart.y, at.x - heart.x), cell));
            }
        }
        country.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let share = |i: usize| i * country.len() / count.max(1);
        for village in 0..count {
            let cells: Vec<usize> = country[share(village)..share(village + 1)].iter().map(|&(_, cell)| cell).collect();
            self.village(village as u32, &cells, dice);
        }
    }

    /// A river cell where the railway crosses belongs to the town when the town lies on one of its four corners.
    fn beside_built(&self, c: usize, r: usize) -> bool {
        let near = [(-1i64, -1i64), (-1, 1), (1, -1), (1, 1), (-2, -1), (-2, 1), (2, -1), (2, 1)];
        let rail = self.grid.cells[r * self.grid.columns] == Cell::Rail;
        rail && near.iter().any(|&(dc, dr)| {
            let (c, r) = (c as i64 + dc, r as i64 + dr);
            r >= 0 && (r as usize) < self.grid.rows && self.grid.cells[r as usize * self.grid.columns + c as usize] == Cell::Built
        })
    }

    fn village(&mut self, village: u32, cells: &[usize], dice: &mut Dice) {
        let columns = self.grid.columns;
        let face = |town: &Town, cell: usize| town.grid.face(cell % columns, cell / columns);
        let dry: Vec<(usize, Place, f64)> = cells
            .iter()
            .filter(|&&cell| self.grid.cells[cell] == Cell::Rural)
            .map(|&cell| (cell, self.fabric.patch(&face(self, cell)).at(0.5, 0.5), self.fabric.area(&face(self, cell))))
            .collect();
        let n = dry.len().max(1) as f64;
        let middle = Place::new(dry.iter().map(|d| d.1.x).sum::<f64>() / n, dry.iter().map(|d| d.1.y).sum::<f64>() / n);
        let remote = |&(_, at, area): &(usize, Place, f64)| at.distance(middle) + if area < 220_000.0 { 2000.0 } else { 0.0 };
        let site = dry.iter().min_by(|a, b| remote(a).total_cmp(&remote(b))).map(|d| d.0);
        // Here and there a hamlet of the same village lies off on its own.
        let hamlet =
            dry.iter().filter(|d| Some(d.0) != site && d.2 > 220_000.0).max_by(|a, b| remote(a).total_cmp(&remote(b))).map(|d| d.0);
        let hamlet = hamlet.filter(|_| dice.chance(35));
        for &cell in cells {
            let west = cell % columns <= self.grid.river;
            if Some(cell) == site || Some(cell) == hamlet {
                let houses = if Some(cell) == site { dice.between(430.0, 800.0) } else { dice.between(60.0, 130.0) };
                self.settle_village(cell, village, west, houses, dice);
            } else {
                self.parcel(face(self, cell), Ground::Open, 0, west, Some(village), self.homes.len());
            }
        }
    }

    /// Puts a village at one side of a cell of the grid; the rest of the cell stays fields.
    fn settle_village(&mut self, cell: usize, village: u32, west: bool, houses: f64, dice: &mut Dice) {
        let (c, r) = (cell % self.grid.columns, cell / self.grid.columns);
        let whole = self.grid.face(c, r);
        let corners = [(c, r), (c + 1, r), (c + 1, r + 1), (c, r + 1)];
        let edge = (0..4).find(|&e| self.fabric.is_street(whole.0[e])).unwrap_or_else(|| dice.below(4));
        let ends = [corners[edge], corners[(edge + 1) % 4]];
        self.grid.lead_to(&mut self.fabric, &ends, Class::Unclassified);
        self.fabric.sides[whole.0[edge].side as usize].class.get_or_insert(Class::Unclassified);

        let share = (houses * 310.0 / self.fabric.area(&whole)).min(0.62);
        let wide = (share.sqrt() * 1.1).min(0.84);
        let deep = (share / wide).min(0.86);
        let from = dice.between(0.06, 0.94 - wide);
        let upright = edge % 2 == 0;
        let far = edge == 1 || edge == 2;
        let open = |town: &mut Town, face: Face| town.parcel(face, Ground::Open, 0, west, Some(village), town.homes.len());
        let track = Some(Class::Lane);
        let swing = [dice.between(-14.0, 14.0), dice.between(-14.0, 14.0)];
        let Some([one, rest]) = self.fabric.split(&whole, upright, [from, from], swing, track) else { return open(self, whole) };
        open(self, one);
        let to = wide / (1.0 - from);
        let Some([strip, other]) = self.fabric.split(&rest, upright, [to, to], swing, track) else { return open(self, rest) };
        open(self, other);
        let depth = if far { 1.0 - deep } else { deep };
        let Some([near, beyond]) = self.fabric.split(&strip, !upright, [depth, depth], swing, track) else { return open(self, strip) };
        let (core, field) = if far { (beyond, near) } else { (near, beyond) };
        open(self, field);
        let year = dice.whole(1975, 2005) as i32;
        let first = self.homes.len();
        lanes::settle(&mut self.fabric, &core, &lanes::VILLAGE.told(self.homes_per_point), year, &mut self.homes, dice);
        self.parcel(core, Ground::Village, year, west, Some(village), first);
    }

    /// Names for the lines of the grid (街 from west to east, 路 from south to north, as in the north) and for many lanes.
    fn name_streets(&mut self, names: &Names, dice: &mut Dice) {
        let word = |list: &[&'static str], n: usize| list.get(n % list.len().max(1)).copied().unwrap_or("无名");
        let (columns, rows) = (self.grid.columns, self.grid.rows);
        let name = |sides: Vec<u32>, name: String, town: &mut Town| {
            town.street_names.push(name);
            let last = town.street_names.len() as u16 - 1;
            for side in sides {
                let side = &mut town.fabric.sides[side as usize];
                side.name = side.class.map(|_| last);
            }
        };
        for r in 0..=rows {
            let sides = (0..columns).map(|c| self.grid.level(c, r)).collect();
            name(sides, format!("{}街", word(&names.roads, r)), self);
        }
        for c in 0..=columns {
            let sides = (0..rows).map(|r| self.grid.upright(c, r)).collect();
            let road = match c.checked_sub(self.grid.river) {
                Some(0) => "滨河西路".to_owned(),
                Some(2) => "滨河东路".to_owned(),
                _ => format!("{}路", word(&names.roads, rows + 1 + c)),
            };
            name(sides, road, self);
        }
        let grid = (columns + 1) * rows + columns * (rows + 1);
        for side in grid..self.fabric.sides.len() {
            if self.fabric.sides[side].class.is_some() && dice.chance(60) {
                let lane = format!("{}巷", word(&names.lanes, dice.below(names.lanes.len())));
                name(vec![side as u32], lane, self);
            }
        }
    }

    /// Places on a street at the edge of a parcel: `inward` metres from the middle of one of its streets.
    pub fn frontage(&self, parcel: &Parcel, inward: f64, dice: &mut Dice) -> Option<Place> {
        let streets: Vec<Edge> = self.fabric.streets(&parcel.face);
        let edge = *dice.pick(&streets)?;
        let corners = self.fabric.corners(edge);
        let piece = dice.below(corners.len() - 1);
        let (a, b) = (self.fabric.places[corners[piece] as usize], self.fabric.places[corners[piece + 1] as usize]);
        Some(a.towards(b, dice.between(0.3, 0.7)).beside(a, b, inward))
    }
}
