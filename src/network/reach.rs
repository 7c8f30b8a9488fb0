//! The reach table: which demand points lie within the farthest limit of which site, and how far.
//!
//! It is computed once; coverage, ranking, the norm in reach, the matrix and the page all read it. Sparse, in compressed rows both
//! ways. Distances are whole millimetres along the whole walk, straight legs included.

use rayon::prelude::*;

use super::points::Points;
use super::search::{ChainSpot, Searches};
use super::{LONGEST, Network, Spot};
use crate::units::Millimetres;

/// Site ↔ demand point pairs within the farthest limit.
#[derive(Debug, Clone, Default)]
pub struct ReachTable {
    /// `rows[s]..rows[s + 1]` are the pairs of site `s`.
    rows: Vec<usize>,
    /// Demand point of each pair, ascending within a site.
    points: Vec<u32>,
    /// Walking distance of each pair, mm.
    millimetres: Vec<u32>,
    /// `columns[p]..columns[p + 1]` are the pairs of point `p`, in `by_point`.
    columns: Vec<usize>,
    /// Site and distance of each pair, grouped by point, sites ascending.
    by_point: Vec<(u32, u32)>,
    /// Whether a site has a spot on the network (false: its reach is unknown, not empty).
    site_known: Vec<bool>,
    /// Whether a point has one (false: unknown, never uncovered).
    point_known: Vec<bool>,
    /// The farthest distance searched.
    limit: Millimetres,
}

impl ReachTable {
    /// Assembles the table from each site's pairs, which must be sorted by point.
    pub fn new(pairs: Vec<Vec<(u32, u32)>>, site_known: Vec<bool>, point_known: Vec<bool>, limit: Millimetres) -> Self {
        let chunks = pairs
            .into_iter()
            .enumerate()
            .map(|(site, row)| Chunk {
                rows: vec![(site as u32, row.len() as u32)],
                pairs: row.into_iter().map(|(point, mm)| u64::from(point) << 32 | u64::from(mm)).collect(),
            })
            .collect();
        Self::assemble(chunks, site_known, point_known, limit)
    }

    /// Assembles the table from chunks in any order; each is dropped as soon as it is copied.
    pub(crate) fn assemble(chunks: Vec<Chunk>, site_known: Vec<bool>, point_known: Vec<bool>, limit: Millimetres) -> Self {
        let mut rows = vec![0usize; site_known.len() + 1];
        for (site, count) in chunks.iter().flat_map(|c| &c.rows) {
            rows[*site as usize + 1] = *count as usize;
        }
        for s in 1..rows.len() {
            rows[s] += rows[s - 1];
        }
        let total = rows[rows.len() - 1];
        let (mut points, mut millimetres) = (vec![0u32; total], vec![0u32; total]);
        let mut slots: Vec<Option<(&mut [u32], &mut [u32])>> = Vec::with_capacity(site_known.len());
        let (mut points_left, mut mm_left) = (points.as_mut_slice(), millimetres.as_mut_slice());
        for site in 0..site_known.len() {
            let (p, rest) = points_left.split_at_mut(rows[site + 1] - rows[site]);
            points_left = rest;
            let (m, rest) = mm_left.split_at_mut(rows[site + 1] - rows[site]);
            mm_left = rest;
            slots.push(Some((p, m)));
        }
        let with_slots: Vec<(Chunk, Vec<_>)> = chunks
            .into_iter()
            .map(|chunk| {
                let slots = chunk.rows.iter().map(|(site, _)| slots[*site as usize].take()).collect();
                (chunk, slots)
            })
            .collect();
        with_slots.into_par_iter().for_each(|(chunk, slots)| {
            let mut pairs = chunk.pairs.as_slice();
            for ((_, count), slot) in chunk.rows.iter().zip(slots) {
                let (own, rest) = pairs.split_at(*count as usize);
                pairs = rest;
                let Some((p, m)) = slot else { continue };
                for (i, pair) in own.iter().enumerate() {
                    p[i] = (pair >> 32) as u32;
                    m[i] = *pair as u32;
                }
            }
        });
        let (columns, by_point) = transposed(&rows, &points, &millimetres, point_known.len());
        ReachTable { rows, points, millimetres, columns, by_point, site_known, point_known, limit }
    }

    /// Number of sites (facilities first, then candidates).
    pub fn site_count(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Number of demand points.
    pub fn point_count(&self) -> usize {
        self.point_known.len()
    }

    /// `(demand point, distance)` of a site, points ascending.
    pub fn of_site(&self, site: usize) -> impl ExactSizeIterator<Item = (usize, Millimetres)> + '_ {
        let range = self.rows[site]..self.rows[site + 1];
        self.points[range.clone()].iter().zip(&self.millimetres[range]).map(|(p, mm)| (*p as usize, Millimetres(u64::from(*mm))))
    }

    /// `(site, distance)` of a demand point, sites ascending.
    pub fn of_point(&self, point: usize) -> impl ExactSizeIterator<Item = (usize, Millimetres)> + '_ {
        let range = self.columns[point]..self.columns[point + 1];
        self.by_point[range].iter().map(|(s, mm)| (*s as usize, Millimetres(u64::from(*mm))))
    }

    /// Whether the site has a spot on the network.
    pub fn site_known(&self, site: usize) -> bool {
        self.site_known[site]
    }

    /// Whether the point has one.
    pub fn point_known(&self, point: usize) -> bool {
        self.point_known[point]
    }

    /// The farthest distance searched; nothing can be said beyond it.
    pub fn limit(&self) -> Millimetres {
        self.limit
    }
}

/// The pairs grouped by point: each thread fills the columns of a stretch of points, so that none waits for another.
fn transposed(rows: &[usize], points: &[u32], millimetres: &[u32], point_count: usize) -> (Vec<usize>, Vec<(u32, u32)>) {
    let mut columns = vec![0usize; point_count + 1];
    for p in points {
        columns[*p as usize + 1] += 1;
    }
    for p in 1..columns.len() {
        columns[p] += columns[p - 1];
    }
    let mut by_point = vec![(0u32, 0u32); points.len()];
    let stretch = point_count.div_ceil(rayon::current_num_threads()).max(1);
    let mut parts = Vec::new();
    let mut left = by_point.as_mut_slice();
    for from in (0..point_count).step_by(stretch) {
        let to = (from + stretch).min(point_count);
        let (part, rest) = left.split_at_mut(columns[to] - columns[from]);
        left = rest;
        parts.push((from, to, part));
    }
    parts.into_par_iter().for_each(|(from, to, part)| {
        let mut next: Vec<usize> = columns[from..to].iter().map(|c| c - columns[from]).collect();
        for site in 0..rows.len() - 1 {
            // Points ascend within a site: its pairs in this stretch lie together.
            let own = &points[rows[site]..rows[site + 1]];
            let first = own.partition_point(|p| (*p as usize) < from);
            for (i, point) in own[first..].iter().enumerate().take_while(|(_, p)| (**p as usize) < to) {
                let slot = &mut next[*point as usize - from];
                part[*slot] = (site as u32, millimetres[rows[site] + first + i]);
                *slot += 1;
            }
        }
    });
    (columns, by_point)
}

/// Pairs of some sites, in the order they were searched.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// Site and number of its pairs.
    pub rows: Vec<(u32, u32)>,
    /// `point << 32 | millimetres`, site after site, points ascending within one.
    pub pairs: Vec<u64>,
}

/// Sites searched by one thread in one go: neighbours on the curve, so that the second finds the streets of the first at hand.
const TOGETHER: usize = 32;

/// Every pair of a site and a demand point whose whole walk, from the point to the site, is no longer than `limit`.
///
/// One bounded search for each site, in parallel; sites and points without a spot are unknown, not unreached.
pub fn build(network: &Network, sites: &[Option<Spot>], points: &[Option<Spot>], limit: Millimetres) -> ReachTable {
    let reaching = Reaching::new(network, points, limit);
    let chunks = reaching.chunks(sites.iter().enumerate().filter_map(|(i, s)| s.map(|s| (i as u32, s))));
    let known = |spots: &[Option<Spot>]| spots.iter().map(Option::is_some).collect();
    ReachTable::assemble(chunks, known(sites), known(points), limit)
}

/// A network with its demand points sorted in, ready for any number of sites.
pub(crate) struct Reaching<'a> {
    network: &'a Network,
    points: Points,
    searches: Searches,
    limit: u32,
}

impl<'a> Reaching<'a> {
    pub fn new(network: &'a Network, points: &[Option<Spot>], limit: Millimetres) -> Self {
        let graph = &network.graph;
        Reaching {
            network,
            points: Points::new(network, points),
            searches: Searches::new(graph.nodes()),
            limit: limit.0.min(u64::from(LONGEST)) as u32,
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
        order
            .par_chunks(TOGETHER)
            .map(|together| {
                self.searches.lend(|search| {
                    let (mut chunk, mut found) = (Chunk::default(), Vec::new());
                    for (_, site, spot) in together {
                        search.run(graph, *spot, self.limit);
                        self.points.gather(graph, search, *spot, self.limit, &mut found);
                        chunk.rows.push((*site, found.len() as u32));
                        chunk.pairs.extend_from_slice(&found);
                    }
                    chunk
                })
            })
            .collect()
    }
}
