//! The main streets of a town: a grid bent to its river, and which of its cells are built up.
//!
//! ```text
//!   rural │ rural │ town │ town │~│~│ town │ rural │ rural      two narrow columns are the river (its banks and its middle),
//!   ──────┼───────┼──────┼──────┼~┼~┼──────┼───────┼──────      one narrow row is the railway; streets cross the
//!   ======│=======│===≠==│======│~│~│==≠===│=======│======      first by bridges (few) and the second by underpasses (≠)
//! ```

use std::collections::VecDeque;

use super::dice::Dice;
use super::fabric::{Edge, Fabric, Face};
use super::place::{Class, Place};

/// What a cell of the grid is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Built,
    Rural,
    Water,
    Rail,
}

/// What a column or row of the grid is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Band {
    Town,
    Rural,
    Narrow,
}

/// The grid of a town: (columns + 1) × (rows + 1) corners, the sides between them, the cells.
pub(super) struct Grid {
    pub columns: usize,
    pub rows: usize,
    /// The first of the two river columns.
    pub river: usize,
    rail: usize,
    corners: Vec<u32>,
    level: Vec<u32>,
    upright: Vec<u32>,
    pub cells: Vec<Cell>,
    /// How far from the heart of the town a cell lies: 0 there, about 1 at the edge of the built-up ground.
    pub remoteness: Vec<f64>,
    /// The row line and the column line of the two main roads, which go on to the neighbour towns.
    pub main: (usize, usize),
}

impl Grid {
    /// Lays out a town of about `blocks` superblocks around `centre`.
    pub fn new(fabric: &mut Fabric, blocks: usize, centre: Place, dice: &mut Dice) -> Self {
        let wide = (((blocks as f64) * 1.32).sqrt().round() as usize).max(2);
        let high = ((blocks as f64 * 1.25 / wide as f64).ceil() as usize).max(2);
        let west = (wide * 3 / 5).max(1);
        let south = (high * 3 / 10).max(1);
        let mut across = vec![Band::Rural; 2];
        across.extend(vec![Band::Town; west]);
        across.extend([Band::Narrow; 2]);
        across.extend(vec![Band::Town; wide - west]);
        across.extend([Band::Rural; 2]);
        let mut up = vec![Band::Rural; 2];
        up.extend(vec![Band::Town; south]);
        up.push(Band::Narrow);
        up.extend(vec![Band::Town; high - south]);
        up.extend([Band::Rural; 2]);
        let (columns, rows, river, rail) = (across.len(), up.len(), 2 + west, 2 + south);
        let xs = lines(&across, 58.0, dice);
        let ys = lines(&up, 32.0, dice);

        // The heart lies on the western bank, north of the railway, as old county towns do.
        let heart = Place::new((xs[2] + xs[river] * 2.0) / 3.0, (ys[rail + 1] * 1.6 + ys[rows - 2]) / 2.6);
        let (half_x, half_y) = ((xs[columns - 2] - xs[2]) / 2.0, (ys[rows - 2] - ys[2]) / 2.0);
        let mut cells = vec![Cell::Rural; columns * rows];
        let mut remoteness = vec![0.0; columns * rows];
        for r in 0..rows {
            for c in 0..columns {
                let at = Place::new((xs[c] + xs[c + 1]) / 2.0 - heart.x, (ys[r] + ys[r + 1]) / 2.0 - heart.y);
                let (x, y) = (at.x / half_x, at.y / half_y);
                remoteness[r * columns + c] = ((x * x + y * y) / 1.5).sqrt() * dice.between(0.9, 1.1);
                if across[c] == Band::Narrow {
                    cells[r * columns + c] = Cell::Water;
                } else if up[r] == Band::Narrow {
                    cells[r * columns + c] = Cell::Rail;
                }
            }
        }
        let inside = |i: usize| across[i % columns] == Band::Town && up[i / columns] == Band::Town;
        let mut nearest: Vec<usize> = (0..cells.len()).filter(|&i| inside(i)).collect();
        nearest.sort_by(|&a, &b| remoteness[a].total_cmp(&remoteness[b]).then(a.cmp(&b)));
        for &cell in nearest.iter().take(blocks) {
            cells[cell] = Cell::Built;
        }
        let edge = nearest.get(blocks.min(nearest.len()) - 1).map_or(1.0, |&i| remoteness[i]);
        remoteness.iter_mut().for_each(|r| *r /= edge.max(0.01));

        let line_near = |lines: &[f64], wanted: f64, free: &dyn Fn(usize) -> bool| {
            (1..lines.len() - 1)
                .filter(|&i| free(i))
                .min_by(|&a, &b| (lines[a] - wanted).abs().total_cmp(&(lines[b] - wanted).abs()))
                .unwrap_or(1)
        };
        let main = (
            line_near(&ys, heart.y, &|r| r != rail && r != rail + 1),
            line_near(&xs, heart.x, &|c| c != river && c != river + 1 && c != river + 2),
        );

        let bend = Bend::new(&xs, &ys, river, rail, centre, dice);
        let mut grid =
            Grid { columns, rows, river, rail, corners: Vec::new(), level: Vec::new(), upright: Vec::new(), cells, remoteness, main };
        grid.lay(fabric, &bend);
        grid.open_streets(fabric, dice);
        grid
    }

    /// Index of a grid corner in the fabric.
    pub fn corner(&self, c: usize, r: usize) -> u32 {
        self.corners[r * (self.columns + 1) + c]
    }

    /// The side east of corner (c, r).
    pub fn level(&self, c: usize, r: usize) -> u32 {
        self.level[r * self.columns + c]
    }

    /// The side north of corner (c, r).
    pub fn upright(&self, c: usize, r: usize) -> u32 {
        self.upright[r * (self.columns + 1) + c]
    }

    /// The face of a cell.
    pub fn face(&self, c: usize, r: usize) -> Face {
        let edge = |side, from, to| Edge { side, from, to };
        let (a, b, d, e) = (self.corner(c, r), self.corner(c + 1, r), self.corner(c + 1, r + 1), self.corner(c, r + 1));
        Face([
            edge(self.level(c, r), a, b),
            edge(self.upright(c + 1, r), b, d),
            edge(self.level(c, r + 1), d, e),
            edge(self.upright(c, r), e, a),
        ])
    }

    fn lay(&mut self, fabric: &mut Fabric, bend: &Bend) {
        for r in 0..=self.rows {
            for c in 0..=self.columns {
                self.corners.push(fabric.corner(bend.at((c, r), (c, r), 0.0)));
            }
        }
        let line = |fabric: &mut Fabric, a: (usize, usize), b: (usize, usize), ends: (u32, u32)| {
            let length = bend.at(a, a, 0.0).distance(bend.at(b, b, 0.0));
            // Streets between bends are straight enough; every bend is a corner of both neighbours.
            let pieces = (length / 130.0).round().max(1.0) as u32;
            let mut corners = vec![ends.0];
            corners.extend((1..pieces).map(|i| fabric.corner(bend.at(a, b, f64::from(i) / f64::from(pieces)))));
            corners.push(ends.1);
            fabric.side(corners, None)
        };
        for r in 0..=self.rows {
            for c in 0..self.columns {
                let ends = (self.corner(c, r), self.corner(c + 1, r));
                let side = line(fabric, (c, r), (c + 1, r), ends);
                self.level.push(side);
            }
        }
        for r in 0..self.rows {
            for c in 0..=self.columns {
                let ends = (self.corner(c, r), self.corner(c, r + 1));
                let side = line(fabric, (c, r), (c, r + 1), ends);
                self.upright.push(side);
            }
        }
    }

    fn cell(&self, c: usize, r: usize) -> Option<Cell> {
        (c < self.columns && r < self.rows).then(|| self.cells[r * self.columns + c])
    }

    /// Which sides are streets: all around built-up blocks; over the river and under the railway only at a few places.
    fn open_streets(&mut self, fabric: &mut Fabric, dice: &mut Dice) {
        let (main_row, main_column) = self.main;
        let rank = |line: usize, main: usize, bonus: bool| {
            if line == main {
                Class::Primary
            } else if line.abs_diff(main).is_multiple_of(3) || bonus {
                Class::Secondary
            } else {
                Class::Tertiary
            }
        };
        for r in 0..=self.rows {
            for c in 0..self.columns {
                let built = [r.checked_sub(1), Some(r)].into_iter().flatten().any(|r| self.cell(c, r) == Some(Cell::Built));
                if built || r == main_row {
                    fabric.sides[self.level(c, r) as usize].class = Some(rank(r, main_row, false));
                }
            }
        }
        for r in 0..self.rows {
            for c in 0..=self.columns {
                let built = [c.checked_sub(1), Some(c)].into_iter().flatten().any(|c| self.cell(c, r) == Some(Cell::Built));
                if built || c == main_column {
                    let quay = c == self.river || c == self.river + 2;
                    fabric.sides[self.upright(c, r) as usize].class = Some(rank(c, main_column, quay));
                }
            }
        }
        for r in self.crossings(self.rows, main_row, &[self.rail, self.rail + 1], dice) {
            for c in [self.river, self.river + 1] {
                let side = &mut fabric.sides[self.level(c, r) as usize];
                side.class = Some(rank(r, main_row, true));
                side.bridge = true;
            }
        }
        let banks = [self.river, self.river + 1, self.river + 2];
        let mut under = self.crossings(self.columns, main_column, &banks, dice);
        // One underpass on the eastern bank too, and the street from it to the main road, or a quarter would be cut off.
        let east = (self.river + 3).min(self.columns - 1);
        under.push(east);
        let (low, high) = (main_row.min(self.rail), main_row.max(self.rail + 1));
        for r in low..high {
            fabric.sides[self.upright(east, r) as usize].class.get_or_insert(Class::Tertiary);
        }
        for c in under {
            let side = &mut fabric.sides[self.upright(c, self.rail) as usize];
            side.class = Some(rank(c, main_column, true));
            side.tunnel = true;
        }
        self.join_up(fabric);
    }

    /// The main line and, in larger towns, another two or three lines away on each side.
    fn crossings(&self, count: usize, main: usize, not: &[usize], dice: &mut Dice) -> Vec<usize> {
        let mut lines = vec![main];
        for step in [-1i64, 1] {
            let other = main as i64 + step * dice.whole(3, 4);
            if other > 2 && other < count as i64 - 2 && !not.contains(&(other as usize)) {
                lines.push(other as usize);
            }
        }
        lines
    }

    /// Leads country roads to every street that is still cut off from the main crossing.
    fn join_up(&self, fabric: &mut Fabric) {
        for r in 0..=self.rows {
            for c in 0..=self.columns {
                let street = self.neighbours(c, r).iter().any(|&(_, _, side, _)| fabric.sides[side as usize].class.is_some());
                if street {
                    self.lead_to(fabric, &[(c, r)], Class::Unclassified);
                }
            }
        }
    }

    /// Makes a way of `class` from the streets of the main crossing to the nearest of `goals`, along the sides of the grid, without crossing
    /// river or railway. Nothing happens when a goal is joined already.
    pub fn lead_to(&self, fabric: &mut Fabric, goals: &[(usize, usize)], class: Class) {
        let index = |c: usize, r: usize| r * (self.columns + 1) + c;
        let mut from: Vec<Option<(usize, u32)>> = vec![None; (self.columns + 1) * (self.rows + 1)];
        let start = index(self.main.1, self.main.0);
        let mut seen = vec![false; from.len()];
        seen[start] = true;
        let mut joined = VecDeque::from([(self.main.1, self.main.0)]);
        let mut order = Vec::new();
        while let Some((c, r)) = joined.pop_front() {
            order.push((c, r));
            for (nc, nr, side, _) in self.neighbours(c, r) {
                if fabric.sides[side as usize].class.is_some() && !seen[index(nc, nr)] {
                    seen[index(nc, nr)] = true;
                    joined.push_back((nc, nr));
                }
            }
        }
        let mut queue = VecDeque::from(order);
        while let Some((c, r)) = queue.pop_front() {
            if goals.contains(&(c, r)) {
                let mut at = index(c, r);
                while let Some((before, side)) = from[at] {
                    fabric.sides[side as usize].class.get_or_insert(class);
                    at = before;
                }
                return;
            }
            for (nc, nr, side, barred) in self.neighbours(c, r) {
                if !barred && !seen[index(nc, nr)] {
                    seen[index(nc, nr)] = true;
                    from[index(nc, nr)] = Some((index(c, r), side));
                    queue.push_back((nc, nr));
                }
            }
        }
    }

    /// Corners one step away, the side between, and whether that side crosses the river or the railway.
    fn neighbours(&self, c: usize, r: usize) -> Vec<(usize, usize, u32, bool)> {
        let wet = |c: usize| c == self.river || c == self.river + 1;
        let mut all = Vec::with_capacity(4);
        if c > 0 {
            all.push((c - 1, r, self.level(c - 1, r), wet(c - 1)));
        }
        if c < self.columns {
            all.push((c + 1, r, self.level(c, r), wet(c)));
        }
        // The middle of the river is no place for a road.
        let afloat = c == self.river + 1;
        if r > 0 {
            all.push((c, r - 1, self.upright(c, r - 1), r - 1 == self.rail || afloat));
        }
        if r < self.rows {
            all.push((c, r + 1, self.upright(c, r), r == self.rail || afloat));
        }
        all
    }

    /// The line of the river and of the railway, as corners from one end of the town's land to the other.
    pub fn river_line(&self) -> Vec<u32> {
        (0..self.rows).map(|r| self.upright(self.river + 1, r)).collect()
    }

    /// The sides along the railway's southern foot.
    pub fn rail_line(&self) -> Vec<(u32, u32)> {
        (0..self.columns).map(|c| (self.level(c, self.rail), self.level(c, self.rail + 1))).collect()
    }
}

/// Positions of the lines between bands, centred on 0.
fn lines(bands: &[Band], narrow: f64, dice: &mut Dice) -> Vec<f64> {
    let mut at = vec![0.0];
    for band in bands {
        let width = match band {
            Band::Town => dice.between(300.0, 470.0),
            Band::Rural => dice.between(620.0, 840.0),
            Band::Narrow => narrow,
        };
        at.push(at[at.len() - 1] + width);
    }
    let half = at[at.len() - 1] / 2.0;
    at.iter_mut().for_each(|x| *x -= half);
    at
}

/// How the straight grid is bent: the river meanders, streets swing with it, corners stray a little, the whole is turned.
struct Bend {
    base: (Vec<f64>, Vec<f64>),
    stray: Vec<Place>,
    phases: [f64; 4],
    river_x: f64,
    turn: (f64, f64),
    centre: Place,
}

impl Bend {
    fn new(xs: &[f64], ys: &[f64], river: usize, rail: usize, centre: Place, dice: &mut Dice) -> Self {
        let (columns, rows) = (xs.len(), ys.len());
        let along_river: Vec<f64> = ys.iter().map(|_| dice.between(-12.0, 12.0)).collect();
        let along_rail: Vec<f64> = xs.iter().map(|_| dice.between(-14.0, 14.0)).collect();
        let mut stray = Vec::with_capacity(columns * rows);
        for (r, along_river) in along_river.iter().enumerate() {
            for (c, along_rail) in along_rail.iter().enumerate() {
                let wet = (river..=river + 2).contains(&c);
                let track = r == rail || r == rail + 1;
                let free = Place::new(dice.between(-26.0, 26.0), dice.between(-26.0, 26.0));
                // Narrow bands keep their width: their corners stray only along them, all together.
                stray.push(match (wet, track) {
                    (true, true) => Place::default(),
                    (true, false) => Place::new(0.0, *along_river),
                    (false, true) => Place::new(*along_rail, 0.0),
                    (false, false) if r == 0 || c == 0 || r == rows - 1 || c == columns - 1 => Place::new(free.x * 5.0, free.y * 5.0),
                    (false, false) => free,
                });
            }
        }
        let phases = [0.0; 4].map(|_: f64| dice.between(0.0, std::f64::consts::TAU));
        let angle = dice.between(-0.10, 0.10);
        let turn = (libm::cos(angle), libm::sin(angle));
        Bend { base: (xs.to_vec(), ys.to_vec()), stray, phases, river_x: xs[river + 1], turn, centre }
    }

    /// The place at `part` of the way between two corners of the grid.
    fn at(&self, a: (usize, usize), b: (usize, usize), part: f64) -> Place {
        let base = |(c, r): (usize, usize)| Place::new(self.base.0[c], self.base.1[r]);
        let stray = |(c, r): (usize, usize)| self.stray[r * self.base.0.len() + c];
        let p = base(a).towards(base(b), part);
        let s = stray(a).towards(stray(b), part);
        let wave = |turns: f64, phase: f64| libm::sin(turns * std::f64::consts::TAU + phase);
        let near = (p.x - self.river_x) / 1500.0;
        let x = p.x
            + s.x
            + 170.0 * wave(p.y / 4700.0, self.phases[0]) / (1.0 + near * near)
            + 55.0 * wave(p.y / 2300.0 + p.x / 6100.0, self.phases[1]);
        let y = p.y + s.y + 80.0 * wave(p.x / 3300.0 - p.y / 5200.0, self.phases[2]) + 25.0 * wave(p.x / 1300.0, self.phases[3]);
        let (cos, sin) = self.turn;
        Place::new(self.centre.x + cos * x - sin * y, self.centre.y + sin * x + cos * y)
    }
}
