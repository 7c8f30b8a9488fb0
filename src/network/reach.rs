//! The reach table: which demand points lie within the farthest limit of which site, and how far.
//!
//! It is computed once; coverage, ranking, the norm in reach and the page all read it, whole, or in [parts](super::parts) where it would
//! not fit into memory. Sparse, in rows by site. Distances are whole millimetres along the whole walk, straight legs included.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::matrix::Walks;
use super::parts::Parts;
use super::points::Points;
use super::search::{ChainSpot, Search, Searches};
use super::sweep::Sweep;
use super::{LONGEST, Network, Spot};
use crate::units::Millimetres;

/// Which sites and demand points have a spot on the network. What has none is unknown: never out of reach, never uncovered.
#[derive(Debug, Clone, Default)]
pub struct Known {
    sites: Vec<bool>,
    points: Vec<bool>,
}

impl Known {
    /// One mark for each site (facilities first, then candidates) and each demand point.
    pub fn new(sites: Vec<bool>, points: Vec<bool>) -> Self {
        Known { sites, points }
    }

    /// Number of sites.
    pub fn site_count(&self) -> usize {
        self.sites.len()
    }

    /// Number of demand points.
    pub fn point_count(&self) -> usize {
        self.points.len()
    }

    /// Whether the site has a spot on the network (false: its reach is unknown, not empty).
    pub fn site_known(&self, site: usize) -> bool {
        self.sites[site]
    }

    /// Whether the point has one (false: unknown, never uncovered).
    pub fn point_known(&self, point: usize) -> bool {
        self.points[point]
    }
}

/// Reach of any number of sites, whole or in parts: whoever adds up over sites in their order gets the same either way.
pub trait Reach: Sync {
    /// What is on the network at all.
    fn known(&self) -> &Known;

    /// Hands over the rows of `sites`, ascending: each table with the sites of it that are meant.
    fn in_parts(&self, sites: Range<usize>, work: &mut dyn FnMut(&ReachTable, Range<usize>));
}

/// A demand point and its walking distance to a site; ordered by point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Pair(u64);

impl Pair {
    /// Of a point and millimetres, which are never more than `u32` holds.
    pub fn new(point: u32, millimetres: u32) -> Self {
        Pair(u64::from(point) << 32 | u64::from(millimetres))
    }

    fn point(self) -> usize {
        (self.0 >> 32) as usize
    }

    fn walk(self) -> Millimetres {
        Millimetres(self.0 & 0xffff_ffff)
    }
}

/// Pairs of some sites, as a thread has found them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chunk {
    /// Site and number of its pairs.
    pub rows: Vec<(u32, u32)>,
    /// Site after site, points ascending within one.
    pub pairs: Vec<Pair>,
}

/// Site ↔ demand point pairs within the farthest limit, of all sites or of a run of them.
#[derive(Debug, Clone, Default)]
pub struct ReachTable {
    /// The first site of the run.
    first: usize,
    /// Where the pairs of site `first + i` are.
    rows: Vec<Row>,
    /// The pairs stay where they were found: to copy them in the order of the sites would cost more than it brings.
    pairs: Vec<Vec<Pair>>,
    /// What is on the network at all.
    known: Arc<Known>,
    /// The farthest distance searched.
    limit: Millimetres,
}

/// Where the pairs of a site are: the list of its chunk, and from where to where.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    chunk: usize,
    from: usize,
    to: usize,
}

impl ReachTable {
    /// Of each site's pairs, which must be sorted by point.
    pub fn new(pairs: Vec<Vec<(u32, u32)>>, site_known: Vec<bool>, point_known: Vec<bool>, limit: Millimetres) -> Self {
        let chunks = pairs.into_iter().enumerate().map(|(site, row)| Chunk {
            rows: vec![(site as u32, row.len() as u32)],
            pairs: row.into_iter().map(|(point, mm)| Pair::new(point, mm)).collect(),
        });
        let sites = 0..site_known.len();
        Self::of_chunks(chunks.collect(), sites, Arc::new(Known::new(site_known, point_known)), limit)
    }

    /// Of the chunks of a run of sites, in any order.
    pub(crate) fn of_chunks(chunks: Vec<Chunk>, sites: Range<usize>, known: Arc<Known>, limit: Millimetres) -> Self {
        let first = sites.start;
        let mut rows = vec![Row::default(); sites.len()];
        for (chunk, of) in chunks.iter().enumerate() {
            let mut from = 0;
            for (site, count) in &of.rows {
                let to = from + *count as usize;
                rows[*site as usize - first] = Row { chunk, from, to };
                from = to;
            }
        }
        // One list at least, so that a site without pairs has an empty place in it.
        let pairs = chunks.into_iter().map(|c| c.pairs).chain([Vec::new()]).collect();
        ReachTable { first, rows, pairs, known, limit }
    }

    /// The sites whose rows are here.
    pub fn sites(&self) -> Range<usize> {
        self.first..self.first + self.rows.len()
    }

    /// What is on the network at all.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// `(demand point, distance)` of a site, points ascending.
    pub fn of_site(&self, site: usize) -> impl ExactSizeIterator<Item = (usize, Millimetres)> + '_ {
        self.row(site).iter().map(|pair| (pair.point(), pair.walk()))
    }

    /// The farthest distance searched; nothing can be said beyond it.
    pub fn limit(&self) -> Millimetres {
        self.limit
    }

    fn row(&self, site: usize) -> &[Pair] {
        let row = self.rows[site - self.first];
        &self.pairs[row.chunk][row.from..row.to]
    }

    /// Calls `work` with each point's own state for every pair of these sites; sites ascend for each point, so that even fractions are
    /// added in one order. Each thread has a stretch of points to itself and waits for nobody.
    pub fn for_points<T: Send>(&self, sites: Range<usize>, state: &mut [T], work: impl Fn(&mut T, usize, Millimetres) + Sync) {
        let stretch = state.len().div_ceil(rayon::current_num_threads()).max(1);
        state.par_chunks_mut(stretch).enumerate().for_each(|(n, states)| {
            let (from, to) = (n * stretch, n * stretch + states.len());
            for site in sites.clone() {
                // Points ascend within a site: its pairs in this stretch lie together.
                let row = self.row(site);
                let first = row.partition_point(|pair| pair.point() < from);
                for pair in row[first..].iter().take_while(|pair| pair.point() < to) {
                    work(&mut states[pair.point() - from], site, pair.walk());
                }
            }
        });
    }
}

impl Reach for ReachTable {
    fn known(&self) -> &Known {
        &self.known
    }

    fn in_parts(&self, sites: Range<usize>, work: &mut dyn FnMut(&ReachTable, Range<usize>)) {
        let own = self.sites();
        let asked = sites.start.max(own.start)..sites.end.min(own.end);
        if !asked.is_empty() {
            work(self, asked);
        }
    }
}

/// Sites searched by one thread in one go: neighbours on the curve, so that the second finds the streets of the first at hand.
const TOGETHER: usize = 32;

/// Every pair of a site and a demand point whose whole walk, from the point to the site, is no longer than `limit`.
///
/// One bounded search for each site, in parallel; sites and points without a spot are unknown, not unreached.
pub fn build(network: &Network, sites: &[Option<Spot>], points: &[Option<Spot>], limit: Millimetres) -> ReachTable {
    Parts::new(Walks::Streets { network, sites, points }, limit).whole()
}

/// A network with its demand points sorted in, ready for any number of sites.
pub(crate) struct Reaching<'a> {
    network: &'a Network,
    points: Points,
    searches: Searches,
    limit: u32,
    /// Made when it is worth it; `None` once it has been found not to be.
    sweep: OnceLock<Option<Sweep>>,
}

/// Fewer sites are never swept.
const MANY: usize = 64;
/// Sites searched to see how much of the network lies within the limit.
const SAMPLE: usize = 4;

impl<'a> Reaching<'a> {
    pub fn new(network: &'a Network, points: &[Option<Spot>], limit: Millimetres) -> Self {
        let graph = &network.graph;
        Reaching {
            network,
            points: Points::new(network, points),
            searches: Searches::new(graph.nodes()),
            limit: limit.0.min(u64::from(LONGEST)) as u32,
            sweep: OnceLock::new(),
        }
    }

    /// Searches from each of the sites, in the order of the curve.
    pub fn chunks(&self, sites: impl Iterator<Item = (u32, Spot)>) -> Vec<Chunk> {
        let graph = &self.network.graph;
        let mut order: Vec<(u32, u32, ChainSpot)> = sites
            .map(|(i, s)| {
                let spot = self.network.on_chain(s);
                (graph.ends[spot.chain as usize][0], i, spot)
            })
            .collect();
        order.sort_unstable_by_key(|o| (o.0, o.1));
        let order: Vec<(u32, ChainSpot)> = order.into_iter().map(|(_, site, spot)| (site, spot)).collect();
        if order.len() >= MANY
            && let Some(sweep) = self.sweep.get_or_init(|| self.prepare_sweep(&order))
        {
            return sweep.chunks(graph, &self.points, &order);
        }
        order
            .par_chunks(TOGETHER)
            .map(|together| {
                self.searches.lend(|search| {
                    let (mut chunk, mut found) = (Chunk::default(), Vec::new());
                    for (site, spot) in together {
                        self.search(search, *spot, &mut found);
                        chunk.rows.push((*site, found.len() as u32));
                        chunk.pairs.extend_from_slice(&found);
                    }
                    chunk.pairs.shrink_to_fit();
                    chunk
                })
            })
            .collect()
    }

    /// The pairs of one site.
    fn search(&self, search: &mut Search, site: ChainSpot, found: &mut Vec<Pair>) {
        search.run(&self.network.graph, site, self.limit);
        self.points.gather(&self.network.graph, search, site, self.limit, found);
    }

    /// A sweep looks at every node and point once for all its sites, and a search only at what it reaches, at many times the cost: which of
    /// them is cheaper for these sites is told by a few searches. Both answer the same.
    fn prepare_sweep(&self, sites: &[(u32, ChainSpot)]) -> Option<Sweep> {
        let graph = &self.network.graph;
        let reached: usize = self.searches.lend(|search| {
            let mut found = Vec::new();
            let some = (0..SAMPLE).map(|i| sites[i * sites.len() / SAMPLE].1);
            some.map(|site| {
                self.search(search, site, &mut found);
                search.reached().len() + found.len()
            })
            .sum()
        });
        // Measured, in nanoseconds: 2,000 a node to prepare, 3 a node and 3 a point for a site; 25 for each node and point that is reached.
        let (nodes, points) = (graph.nodes(), self.points.len());
        let swept = nodes * 2_000 + sites.len() * (nodes + points) * 3;
        if swept < sites.len() * reached / SAMPLE * 25 { Sweep::new(graph, &self.points, self.limit) } else { None }
    }
}
