//! Streets to look at: all of them, and those from which a site is reached in time, the last one cut exactly where the time ends.

use super::draft::{BACKWARD, FORWARD};
use super::length::{drawn, measure};
use super::search::{FAR, Search, Searches};
use super::{LONGEST, NONE, Network, Spot};
use crate::space::LonLat;
use crate::units::Millimetres;

/// A stretch of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The edge, in input order.
    pub edge: u32,
    /// Where it begins, from the edge's first vertex.
    pub from: Millimetres,
    /// Where it ends; never before `from`.
    pub to: Millimetres,
}

impl Stretch {
    /// Its length along the edge.
    pub fn length(self) -> Millimetres {
        Millimetres(self.to.0 - self.from.0)
    }
}

impl Network {
    /// The drawings of all kept edges, in input order.
    pub fn streets(&self) -> impl Iterator<Item = &[LonLat]> + '_ {
        self.edges().map(|e| self.line(e))
    }

    /// The drawings of the edges of pieces that were cut off.
    pub fn cut_off_streets(&self) -> impl Iterator<Item = &[LonLat]> + '_ {
        (0..self.length.len() as u32).filter(|e| self.places[*e as usize].chain == NONE).map(|e| self.line(e))
    }

    /// The kept edges.
    pub fn edges(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.length.len() as u32).filter(|e| self.places[*e as usize].chain != NONE)
    }

    /// The length of an edge: its `length_m`, else its geodesic.
    pub fn length_of(&self, edge: u32) -> Millimetres {
        Millimetres(u64::from(self.length[edge as usize]))
    }

    /// How a map draws an edge: 0 main road, 1 collector, 2 local street, 3 path, steps and the rest.
    pub fn class_of(&self, edge: u32) -> u8 {
        self.class[edge as usize]
    }

    /// South-west and north-east corner of the kept streets; `None` if there is none.
    pub fn bounds(&self) -> Option<(LonLat, LonLat)> {
        let mut vertices = self.streets().flatten().copied();
        let first = vertices.next()?;
        let low = |a: LonLat, b: LonLat| LonLat { lon: a.lon.min(b.lon), lat: a.lat.min(b.lat) };
        let high = |a: LonLat, b: LonLat| LonLat { lon: a.lon.max(b.lon), lat: a.lat.max(b.lat) };
        Some(vertices.fold((first, first), |(sw, ne), v| (low(sw, v), high(ne, v))))
    }

    /// Every stretch of street from which one walks to the site within `limit`, the site's own straight leg counted; in edge order.
    pub fn reached_streets(&self, site: Spot, limit: Millimetres) -> Vec<Stretch> {
        let mut search = Search::new(self.graph.nodes());
        self.reached_with(&mut search, site, limit)
    }

    /// The same for many sites, in parallel, in the order of the sites.
    pub fn reached_streets_of(&self, sites: &[Option<Spot>], limit: Millimetres) -> Vec<Option<Vec<Stretch>>> {
        self.map_reached(sites, limit, |stretches| stretches)
    }

    /// What `work` makes of the stretches of each site, in parallel, in the order of the sites; nothing else is kept of them.
    pub fn map_reached<T: Send>(
        &self,
        sites: &[Option<Spot>],
        limit: Millimetres,
        work: impl Fn(Vec<Stretch>) -> T + Sync,
    ) -> Vec<Option<T>> {
        use rayon::prelude::*;
        let reacher = Reacher::new(self);
        sites.par_iter().with_max_len(64).map(|site| site.map(|s| work(reacher.reached(s, limit)))).collect()
    }

    fn reached_with(&self, search: &mut Search, site: Spot, limit: Millimetres) -> Vec<Stretch> {
        let (graph, spot) = (&self.graph, self.on_chain(site));
        let limit = limit.0.min(u64::from(LONGEST)) as u32;
        search.run(graph, spot, limit);
        let mut chains: Vec<u32> = search.reached().iter().flat_map(|n| graph.arcs_of(*n)).map(|a| a.chain()).collect();
        chains.push(spot.chain);
        chains.sort_unstable();
        chains.dedup();
        let mut found = Vec::new();
        for chain in chains {
            let ([first, last], length, ways) = (graph.ends[chain as usize], graph.length[chain as usize], graph.ways[chain as usize]);
            // Parts of the chain as [from, to], at most four.
            let mut parts: Vec<(u32, u32)> = Vec::with_capacity(4);
            let left = |node: u32| match search.distance(node) {
                FAR => None,
                d => Some((limit - d).min(length)),
            };
            if ways & BACKWARD != 0
                && let Some(left) = left(first)
            {
                parts.push((0, left));
            }
            if ways & FORWARD != 0
                && let Some(left) = left(last)
            {
                parts.push((length - left, length));
            }
            if chain == spot.chain && spot.leg <= limit {
                let left = limit - spot.leg;
                let before = if ways & FORWARD != 0 { left } else { 0 };
                let after = if ways & BACKWARD != 0 { left } else { 0 };
                parts.push((spot.along.saturating_sub(before), spot.along.saturating_add(after).min(length)));
            }
            for (from, to) in merged(parts) {
                self.stretches(chain, from, to, &mut found);
            }
        }
        found.sort_unstable_by_key(|s| (s.edge, s.from));
        found
    }

    /// Cuts a part of a chain into stretches of its edges.
    fn stretches(&self, chain: u32, from: u32, to: u32, found: &mut Vec<Stretch>) {
        for edge in self.graph.edges_of(chain) {
            let (place, length) = (self.places[*edge as usize], self.length[*edge as usize]);
            let (a, b) = (from.max(place.start), to.min(place.start + length));
            if a >= b {
                continue;
            }
            let (a, b) = (a - place.start, b - place.start);
            let (a, b) = if place.flipped { (length - b, length - a) } else { (a, b) };
            found.push(Stretch { edge: *edge, from: Millimetres(u64::from(a)), to: Millimetres(u64::from(b)) });
        }
    }

    /// The drawing of a stretch: its cut ends and the vertices between.
    pub fn drawing(&self, stretch: Stretch) -> Vec<LonLat> {
        let (line, length) = (self.line(stretch.edge), self.length[stretch.edge as usize]);
        let (from, to) = (stretch.from.0 as u32, stretch.to.0 as u32);
        if from == 0 && to >= length {
            return line.to_vec();
        }
        let whole = drawn(line);
        let metres = |along: u32| if length == 0 { 0.0 } else { f64::from(along) / f64::from(length) * whole };
        let mut drawing = vec![self.at(line, from, length)];
        let mut passed = 0.0;
        for s in line.windows(2) {
            passed += measure(s[0], s[1]).metres;
            if passed > metres(from) && passed < metres(to) {
                drawing.push(s[1]);
            }
        }
        drawing.push(self.at(line, to, length));
        drawing
    }
}

/// What [`Network::reached_streets`] answers, site after site on any number of threads, with the states of the searches used again.
#[derive(Debug)]
pub struct Reacher<'a> {
    network: &'a Network,
    searches: Searches,
}

impl<'a> Reacher<'a> {
    /// Over a network.
    pub fn new(network: &'a Network) -> Self {
        Reacher { network, searches: Searches::new(network.graph.nodes()) }
    }

    /// Every stretch of street from which one walks to the site within `limit`; in edge order.
    pub fn reached(&self, site: Spot, limit: Millimetres) -> Vec<Stretch> {
        self.searches.lend(|search| self.network.reached_with(search, site, limit))
    }
}

/// What of `outer` is not in `inner`; both by edge, then place.
pub fn without(outer: &[Stretch], inner: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    let mut next = 0;
    for stretch in outer {
        while next < inner.len() && (inner[next].edge, inner[next].to) <= (stretch.edge, stretch.from) {
            next += 1;
        }
        let mut from = stretch.from;
        for hole in inner[next..].iter().take_while(|hole| hole.edge == stretch.edge && hole.from < stretch.to) {
            if from < hole.from {
                left.push(Stretch { from, to: hole.from, ..*stretch });
            }
            from = from.max(hole.to);
        }
        if from < stretch.to {
            left.push(Stretch { from, ..*stretch });
        }
    }
    left
}

/// Joins parts that touch or overlap.
fn merged(mut parts: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    parts.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::with_capacity(parts.len());
    for (from, to) in parts {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_reach_is_drawn_without_the_narrower_one() {
        let s = |edge, from, to| Stretch { edge, from: Millimetres(from), to: Millimetres(to) };
        assert_eq!(without(&[s(0, 0, 10), s(1, 0, 10)], &[s(0, 3, 5), s(1, 0, 10)]), [s(0, 0, 3), s(0, 5, 10)]);
        assert_eq!(without(&[s(2, 4, 9)], &[s(2, 0, 5), s(2, 8, 9)]), [s(2, 5, 8)]);
        assert_eq!(without(&[s(2, 4, 9)], &[]), [s(2, 4, 9)]);
    }
}
