//! Many sites on a small network: sixteen searches in one sweep over all nodes.
//!
//! Where most of the network lies within the limit, a queue costs more than it saves. A [`Ladder`] orders the nodes once; then sixteen
//! sites climb it together and one pass downwards gives the distance of every node from all of them, without a queue and without a
//! branch (PHAST: Delling, Goldberg, Nowatzyk and Werneck 2011). The answers are those of [`super::search`], to the millimetre.

mod ladder;

use rayon::prelude::*;

use super::LONGEST;
use super::chains::Graph;
use super::draft::{BACKWARD, FORWARD};
use super::points::Points;
use super::reach::{Chunk, Pair};
use super::search::ChainSpot;
use ladder::Ladder;

/// Sites swept at once: a node's distances fill one line of the cache.
const LANES: usize = 16;
/// A distance beyond every limit; two of them fit into the type.
const UNREACHED: i32 = LONGEST as i32 + 1;
/// Points whose distances are worked out before they are handed on.
const BLOCK: usize = 64;

/// What the sites of a sweep have in common.
#[derive(Debug)]
pub(crate) struct Sweep {
    ladder: Ladder,
    doors: Vec<Door>,
    limit: i32,
}

/// A demand point as seen from the two ends of its chain.
#[derive(Debug, Clone, Copy)]
struct Door {
    /// Number of the point in the caller's list.
    point: u32,
    /// Ranks of the chain's ends.
    ends: [u32; 2],
    /// Millimetres from each end, the point's own leg included; [`UNREACHED`] where the chain may not be walked that way.
    from: [i32; 2],
}

/// Reusable state of one sweep.
#[derive(Debug)]
struct Lanes {
    /// Distances of the node of each rank.
    distance: Vec<[i32; LANES]>,
    /// One bit for each rank that still has to be left on the way up.
    waiting: Vec<u64>,
    /// One bit for each rank that the way up has reached.
    climbed: Vec<u64>,
    /// Pairs of each lane.
    found: Vec<Vec<Pair>>,
}

impl Sweep {
    /// Orders the network; `None` where it is too dense for it.
    pub fn new(graph: &Graph, points: &Points, limit: u32) -> Option<Self> {
        let limit = limit.min(LONGEST) as i32;
        let ladder = Ladder::new(graph, limit)?;
        let mut doors = Vec::with_capacity(points.len());
        for chain in 0..graph.length.len() {
            let ([first, last], length, ways) = (graph.ends[chain], graph.length[chain], graph.ways[chain]);
            for p in points.of_chain(chain as u32) {
                let by = |way: u8, along: u32| {
                    let walk = u64::from(along) + u64::from(p.leg);
                    if ways & way != 0 && walk <= limit as u64 { walk as i32 } else { UNREACHED }
                };
                doors.push(Door {
                    point: p.point,
                    ends: [ladder.rank[first as usize], ladder.rank[last as usize]],
                    from: [by(BACKWARD, p.along), by(FORWARD, length - p.along)],
                });
            }
        }
        doors.par_sort_unstable_by_key(|d| d.point);
        Some(Sweep { ladder, doors, limit })
    }

    /// The pairs of the sites, as [`super::reach::Reaching::chunks`] gives them.
    pub fn chunks(&self, graph: &Graph, points: &Points, sites: &[(u32, ChainSpot)]) -> Vec<Chunk> {
        let new = || Lanes {
            distance: vec![[UNREACHED; LANES]; self.ladder.nodes()],
            waiting: vec![0; self.ladder.nodes().div_ceil(64)],
            climbed: vec![0; self.ladder.nodes().div_ceil(64)],
            found: vec![Vec::new(); LANES],
        };
        let batches = sites.par_chunks(LANES);
        batches
            .map_init(new, |lanes, batch| {
                lanes.climb(self, graph, batch);
                lanes.descend(self);
                lanes.gather(self, graph, points, batch);
                let rows = batch.iter().zip(&lanes.found).map(|((site, _), found)| (*site, found.len() as u32)).collect();
                Chunk { rows, pairs: lanes.found[..batch.len()].concat() }
            })
            .collect()
    }
}

impl Lanes {
    /// From each site to whatever it reaches by arcs upwards alone.
    fn climb(&mut self, sweep: &Sweep, graph: &Graph, sites: &[(u32, ChainSpot)]) {
        self.climbed.fill(0);
        for (lane, (_, site)) in sites.iter().enumerate() {
            let chain = site.chain as usize;
            let ([first, last], length, ways) = (graph.ends[chain], graph.length[chain], graph.ways[chain]);
            // As in `Search::run`: by an end from which the chain may be walked to the site, or where the site itself stands.
            if ways & FORWARD != 0 || site.along == 0 {
                self.start(sweep, first, lane, u64::from(site.leg) + u64::from(site.along));
            }
            if ways & BACKWARD != 0 || site.along == length {
                self.start(sweep, last, lane, u64::from(site.leg) + u64::from(length - site.along));
            }
        }
        for word in 0..self.waiting.len() {
            while self.waiting[word] != 0 {
                let rank = word * 64 + self.waiting[word].trailing_zeros() as usize;
                self.waiting[word] &= self.waiting[word] - 1;
                let here = self.distance[rank];
                for up in sweep.ladder.ups(rank) {
                    let there = self.at(up.to);
                    for (t, h) in there.iter_mut().zip(&here) {
                        *t = (*t).min(h + up.out());
                    }
                }
            }
        }
    }

    fn start(&mut self, sweep: &Sweep, node: u32, lane: usize, walk: u64) {
        if walk <= sweep.limit as u64 {
            let known = &mut self.at(sweep.ladder.rank[node as usize])[lane];
            *known = (*known).min(walk as i32);
        }
    }

    /// The distances of a rank on the way up, which will be left in its turn.
    fn at(&mut self, rank: u32) -> &mut [i32; LANES] {
        let (word, bit) = (rank as usize / 64, 1 << (rank % 64));
        if self.climbed[word] & bit == 0 {
            self.climbed[word] |= bit;
            self.distance[rank as usize] = [UNREACHED; LANES];
        }
        self.waiting[word] |= bit;
        &mut self.distance[rank as usize]
    }

    /// Every node from those above it.
    fn descend(&mut self, sweep: &Sweep) {
        for rank in (0..sweep.ladder.nodes()).rev() {
            let climbed = self.climbed[rank / 64] >> (rank % 64) & 1 == 1;
            let mut here = if climbed { self.distance[rank] } else { [UNREACHED; LANES] };
            for up in sweep.ladder.ups(rank) {
                let there = &self.distance[up.to as usize];
                for (h, t) in here.iter_mut().zip(there) {
                    *h = (*h).min(t + up.back());
                }
            }
            self.distance[rank] = here;
        }
    }

    /// Every point within the limit, for each lane ascending.
    fn gather(&mut self, sweep: &Sweep, graph: &Graph, points: &Points, sites: &[(u32, ChainSpot)]) {
        let own: Vec<Vec<(u32, i32)>> = sites.iter().map(|(_, site)| straight_on(graph, points, *site, sweep.limit)).collect();
        let mut own: Vec<_> = own.iter().map(|o| o.iter().peekable()).collect();
        self.found.iter_mut().for_each(Vec::clear);
        let mut walks = [[0i32; LANES]; BLOCK];
        for doors in sweep.doors.chunks(BLOCK) {
            for (walk, door) in walks.iter_mut().zip(doors) {
                let [first, last] = door.ends.map(|rank| &self.distance[rank as usize]);
                for lane in 0..LANES {
                    walk[lane] = (first[lane] + door.from[0]).min(last[lane] + door.from[1]);
                }
            }
            for (lane, own) in own.iter_mut().enumerate() {
                // A point on the site's own chain may be nearer straight along it.
                while let Some((point, walk)) = own.next_if(|o| o.0 <= doors[doors.len() - 1].point) {
                    let at = doors.partition_point(|d| d.point < *point);
                    walks[at][lane] = walks[at][lane].min(*walk);
                }
                // Written always and counted only within the limit: no branch for the processor to guess.
                let (mut pairs, mut count) = ([Pair::default(); BLOCK], 0);
                for (walk, door) in walks.iter().zip(doors) {
                    pairs[count % BLOCK] = Pair::new(door.point, walk[lane] as u32);
                    count += usize::from(walk[lane] <= sweep.limit);
                }
                self.found[lane].extend_from_slice(&pairs[..count]);
            }
        }
    }
}

/// Points on the site's own chain that are reached without leaving it, ascending.
fn straight_on(graph: &Graph, points: &Points, site: ChainSpot, limit: i32) -> Vec<(u32, i32)> {
    let ways = graph.ways[site.chain as usize];
    let reached =
        |p: &&super::points::OnChain| p.along <= site.along && ways & FORWARD != 0 || p.along >= site.along && ways & BACKWARD != 0;
    let mut found: Vec<(u32, i32)> = points
        .of_chain(site.chain)
        .iter()
        .filter(|p| p.along == site.along || reached(p))
        .map(|p| (p.point, u64::from(site.leg) + u64::from(site.along.abs_diff(p.along)) + u64::from(p.leg)))
        .filter(|(_, walk)| *walk <= limit as u64)
        .map(|(point, walk)| (point, walk as i32))
        .collect();
    found.sort_unstable();
    found
}
