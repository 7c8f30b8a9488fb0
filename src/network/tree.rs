//! Streets by place: an R-tree over short runs of segments.
//!
//! It is a tree of trees. Runs are sorted along a Hilbert curve and cut into groups; each group is its own R-tree, loaded on
//! whichever core is free while its runs fit into that core's cache, and one small tree holds the groups.

use rayon::prelude::*;
use rstar::{AABB, RTree, RTreeObject};

use super::hilbert::Hilbert;
use crate::space::LonLat;

/// Segments in one entry of the tree: enough to keep it small, few enough to look through.
const RUN: usize = 8;
/// Runs in one group: 1 MB, and still several groups for each core in a town.
const GROUP: usize = 32_768;

/// A box in degrees, rounded outwards.
pub(crate) type Window = AABB<[f32; 2]>;

/// Up to [`RUN`] consecutive segments of one edge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    window: Window,
    /// The edge.
    pub edge: u32,
    /// Its first segment begins at this vertex.
    pub first: u32,
    /// How many segments.
    pub segments: u32,
}

impl RTreeObject for Run {
    type Envelope = Window;
    fn envelope(&self) -> Window {
        self.window
    }
}

/// Runs that are near each other.
#[derive(Debug)]
struct Group(RTree<Run>);

impl RTreeObject for Group {
    type Envelope = Window;
    fn envelope(&self) -> Window {
        self.0.root().envelope()
    }
}

/// The tree over all kept edges.
#[derive(Debug)]
pub(crate) struct Tree(RTree<Group>);

impl Tree {
    /// Over the edges for which `kept` holds.
    pub fn new(vertices: &[LonLat], first: &[u32], kept: &[bool]) -> Tree {
        let runs: Vec<Run> = (0..first.len().saturating_sub(1))
            .into_par_iter()
            .filter(|e| kept[*e])
            .flat_map_iter(|edge| {
                let (from, to) = (first[edge] as usize, first[edge + 1] as usize - 1);
                (from..to).step_by(RUN).map(move |from| {
                    let segments = RUN.min(to - from);
                    Run {
                        window: around(&vertices[from..=from + segments]),
                        edge: edge as u32,
                        first: from as u32,
                        segments: segments as u32,
                    }
                })
            })
            .collect();
        let hilbert = Hilbert::around(runs.iter().map(|r| vertices[r.first as usize]));
        let mut order: Vec<u64> =
            runs.par_iter().enumerate().map(|(i, r)| u64::from(hilbert.rank(vertices[r.first as usize])) << 32 | i as u64).collect();
        order.par_sort_unstable();
        let groups = order.par_chunks(GROUP).map(|group| Group(RTree::bulk_load(group.iter().map(|i| runs[*i as u32 as usize]).collect())));
        Tree(RTree::bulk_load(groups.collect()))
    }

    /// About how much memory it takes: inner nodes and room to grow add about half.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|group| group.0.size() * size_of::<Run>() * 3 / 2).sum()
    }

    /// The runs whose box meets a window, in no order that means anything.
    pub fn meeting(&self, window: Window) -> impl Iterator<Item = &Run> {
        self.0.locate_in_envelope_intersecting(window).flat_map(move |group| group.0.locate_in_envelope_intersecting(window))
    }
}

/// The window `lon` and `lat` degrees around a place, rounded outwards.
pub(crate) fn window(place: LonLat, lon: f64, lat: f64) -> Window {
    AABB::from_corners([below(place.lon - lon), below(place.lat - lat)], [above(place.lon + lon), above(place.lat + lat)])
}

/// The box of a drawing, rounded outwards.
fn around(line: &[LonLat]) -> Window {
    let (mut w, mut s, mut e, mut n) = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for v in line {
        (w, s, e, n) = (w.min(v.lon), s.min(v.lat), e.max(v.lon), n.max(v.lat));
    }
    AABB::from_corners([below(w), below(s)], [above(e), above(n)])
}

/// The `f32` at or below.
fn below(x: f64) -> f32 {
    (x as f32).next_down()
}

/// The `f32` at or above.
fn above(x: f64) -> f32 {
    (x as f32).next_up()
}
