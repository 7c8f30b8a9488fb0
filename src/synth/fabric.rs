//! The fabric of a town: corners, the sides between them, and the faces they enclose.
//!
//! Both faces beside a side share it, so a street that meets it from one face becomes a corner of the other too: junctions
//! always have a vertex, and communities tile the ground without slivers.
//!
//! ```text
//!   D ────e2──── C        a face goes round its four edges counter-clockwise, e0 in the south;
//!   │            │        each edge is a stretch of a side, which may have more corners on it than the face knew
//!  e3     face   e1       when it was made
//!   │            │
//!   A ──e0──·─── B
//!           └ a lane of the southern neighbour ends here
//! ```

use super::place::{self, Class, Place, Walk};

/// A line between two corners, with every corner on it in order; a street if it has a class.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub corners: Vec<u32>,
    pub class: Option<Class>,
    /// Index of the street's name in the town's list.
    pub name: Option<u16>,
    pub bridge: bool,
    pub tunnel: bool,
}

/// The stretch of a side from one of its corners to another, walked in that direction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub side: u32,
    pub from: u32,
    pub to: u32,
}

/// A piece of ground with four edges: south, east, north, west.
#[derive(Debug, Clone, Copy)]
pub(super) struct Face(pub [Edge; 4]);

/// All corners and sides of a town, and the paths inside its blocks.
#[derive(Debug, Default)]
pub(super) struct Fabric {
    pub places: Vec<Place>,
    pub sides: Vec<Side>,
    pub walks: Vec<Walk>,
}

impl Fabric {
    /// A new corner.
    pub fn corner(&mut self, place: Place) -> u32 {
        self.places.push(place);
        self.places.len() as u32 - 1
    }

    /// A new side through these corners.
    pub fn side(&mut self, corners: Vec<u32>, class: Option<Class>) -> u32 {
        self.sides.push(Side { corners, class, name: None, bridge: false, tunnel: false });
        self.sides.len() as u32 - 1
    }

    /// The corners of an edge in its direction, both ends included.
    pub fn corners(&self, edge: Edge) -> Vec<u32> {
        let all = &self.sides[edge.side as usize].corners;
        let at = |corner: u32| all.iter().position(|&c| c == corner).expect("an edge ends at corners of its side");
        let (from, to) = (at(edge.from), at(edge.to));
        if from <= to { all[from..=to].to_vec() } else { all[to..=from].iter().rev().copied().collect() }
    }

    /// The corners round a face, each once.
    pub fn ring(&self, face: &Face) -> Vec<u32> {
        let mut ring = Vec::with_capacity(16);
        for edge in face.0 {
            ring.extend(self.corners(edge));
            ring.pop();
        }
        ring
    }

    /// The places round a face, the first again at the end.
    pub fn around(&self, face: &Face) -> Vec<Place> {
        let mut ring: Vec<Place> = self.ring(face).iter().map(|&c| self.places[c as usize]).collect();
        ring.extend(ring.first().copied());
        ring
    }

    /// Square metres of a face.
    pub fn area(&self, face: &Face) -> f64 {
        let ring = self.ring(face);
        let place = |i: usize| self.places[ring[i % ring.len()] as usize];
        (0..ring.len()).map(|i| place(i).cross(place(i + 1))).sum::<f64>() / 2.0
    }

    /// Metres of an edge.
    pub fn length(&self, edge: Edge) -> f64 {
        self.corners(edge).windows(2).map(|w| self.places[w[0] as usize].distance(self.places[w[1] as usize])).sum()
    }

    /// The corner at `fraction` of an edge: one that is there within `gap` metres, else a new one; never within `gap` of the ends.
    pub fn cut(&mut self, edge: Edge, fraction: f64, gap: f64) -> Option<u32> {
        let corners = self.corners(edge);
        let mut along = Vec::with_capacity(corners.len());
        let mut length = 0.0;
        along.push(0.0);
        for w in corners.windows(2) {
            length += self.places[w[0] as usize].distance(self.places[w[1] as usize]);
            along.push(length);
        }
        if length < 3.0 * gap {
            return None;
        }
        let wanted = (fraction * length).clamp(gap * 1.2, length - gap * 1.2);
        let inner = 1..corners.len() - 1;
        let nearest = inner.min_by(|&a, &b| (along[a] - wanted).abs().total_cmp(&(along[b] - wanted).abs()));
        if let Some(near) = nearest
            && (along[near] - wanted).abs() < gap
        {
            return Some(corners[near]);
        }
        let after = along.iter().position(|&a| a > wanted)?;
        let (left, right) = (corners[after - 1], corners[after]);
        let part = (wanted - along[after - 1]) / (along[after] - along[after - 1]);
        let new = self.corner(self.places[left as usize].towards(self.places[right as usize], part));
        let all = &mut self.sides[edge.side as usize].corners;
        let (l, r) = (all.iter().position(|&c| c == left)?, all.iter().position(|&c| c == right)?);
        all.insert(l.max(r), new);
        Some(new)
    }

    /// Splits a face by a line from its south to its north edge (`upright`) or from west to east, at about `fraction`, swinging
    /// `bend` metres aside in its first and second half; `None` where no such line stays inside. The first child is the western or southern one.
    pub fn split(&mut self, face: &Face, upright: bool, fraction: [f64; 2], bend: [f64; 2], class: Option<Class>) -> Option<[Face; 2]> {
        let [south, east, north, west] = face.0;
        let gap = 9.0;
        let (start, end) = if upright { (south, north) } else { (west, east) };
        // Opposite edges run opposite ways round a face.
        let (at_start, at_end) = if upright { (fraction[0], 1.0 - fraction[1]) } else { (1.0 - fraction[0], fraction[1]) };
        let a = self.cut(start, at_start, gap)?;
        let b = self.cut(end, at_end, gap)?;
        let (pa, pb) = (self.places[a as usize], self.places[b as usize]);
        let length = pa.distance(pb);
        let pieces = (length / 60.0).ceil().max(2.0) as u32;
        let ring = self.around(face);
        // Lines bow as the edges beside them do.
        let patch = self.patch(face);
        let even = |part: f64| {
            let side = fraction[0] + (fraction[1] - fraction[0]) * part;
            if upright { patch.at(side, part) } else { patch.at(part, side) }
        };
        let (even_start, even_end) = (even(0.0), even(1.0));
        let course = |bend: [f64; 2]| {
            let inner: Vec<Place> = (1..pieces)
                .map(|i| {
                    let part = f64::from(i) / f64::from(pieces);
                    let swing = (bend[0] * (1.0 - part) + bend[1] * part) * 4.0 * part * (1.0 - part);
                    let (bowed, straight) = (even(part), even_start.towards(even_end, part));
                    let at = pa.towards(pb, part).beside(pa, pb, swing);
                    Place::new(at.x + bowed.x - straight.x, at.y + bowed.y - straight.y)
                })
                .collect();
            let whole: Vec<Place> = [pa].into_iter().chain(inner.iter().copied()).chain([pb]).collect();
            (inner.iter().all(|&p| place::inside(p, &ring[1..])) && !place::cross(&whole, &ring)).then_some(inner)
        };
        // A face with a bent edge may have no room for the swing, or for any line there.
        // A narrow face may have no room for the swing, or for any line there.
        let inner = course(bend).or_else(|| course([0.0, 0.0]))?;
        let mut corners = vec![a];
        corners.extend(inner.into_iter().map(|p| self.corner(p)));
        corners.push(b);
        let side = self.side(corners, class);
        let edge = |side: Edge, from: u32, to: u32| Edge { side: side.side, from, to };
        let line = Edge { side, from: a, to: b };
        let back = Edge { side, from: b, to: a };
        Some(if upright {
            [
                Face([edge(south, south.from, a), line, edge(north, b, north.to), west]),
                Face([edge(south, a, south.to), east, edge(north, north.from, b), back]),
            ]
        } else {
            [
                Face([south, edge(east, east.from, b), back, edge(west, a, west.to)]),
                Face([line, edge(east, b, east.to), north, edge(west, west.from, a)]),
            ]
        })
    }

    /// Whether people may walk along an edge.
    pub fn is_street(&self, edge: Edge) -> bool {
        self.sides[edge.side as usize].class.is_some()
    }
}
