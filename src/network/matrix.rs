//! The travel-time matrix, row after row: of a long one nothing but some hundred sites is ever held.

use std::io;

use super::parts::Parts;
use super::reach::{Known, Reach};
use super::{Network, Spot};
use crate::space::LonLat;
use crate::units::Millimetres;

/// Sites worked on before their rows are handed out, where the matrix is long: enough for all threads, little enough for any memory.
const AT_A_TIME: usize = 1024;
/// A matrix of so many pairs is searched whole before it is written; a longer one is written while it is searched. 64 MB.
const SHORT: u64 = 4_000_000;

/// The searches of a matrix, whose memory does not grow with its length, and about how many pairs it will have.
pub fn searches(walks: Walks<'_>, limit: Millimetres) -> (Parts<'_>, u64) {
    let mut parts = Parts::new(walks, limit);
    let pairs = parts.expected_pairs();
    if pairs > SHORT {
        let each = (pairs / parts.known().site_count().max(1) as u64).max(1);
        parts.set_at_a_time(AT_A_TIME.min((SHORT / each) as usize));
    }
    (parts, pairs)
}

/// How people walk from the demand points to the sites.
#[derive(Debug, Clone, Copy)]
pub enum Walks<'a> {
    /// Along streets.
    Streets {
        /// The streets.
        network: &'a Network,
        /// Spots of the sites.
        sites: &'a [Option<Spot>],
        /// Spots of the demand points.
        points: &'a [Option<Spot>],
    },
    /// Straight, made longer by a factor.
    Straight {
        /// Places of the sites.
        sites: &'a [Option<LonLat>],
        /// Places of the demand points.
        points: &'a [Option<LonLat>],
        /// Street ÷ straight line.
        detour: f64,
    },
}

/// Calls `row` with each site, in order, and its demand points within `limit` as `(point, distance)`, points ascending.
///
/// With `nearest = Some(k)` only the `k` nearest sites of each point are kept (ties: the lower site); this needs `k` pairs of memory
/// for each point. The first error of `row` ends the work and is handed back.
pub fn for_each_site(
    reach: &Parts<'_>,
    nearest: Option<usize>,
    mut row: impl FnMut(usize, &[(u32, Millimetres)]) -> io::Result<()>,
) -> io::Result<()> {
    let (sites, points) = (reach.known().site_count(), reach.known().point_count());
    match nearest {
        None => stream(reach, row),
        Some(k) => {
            let mut kept = Nearest::new(k.min(sites), points);
            stream(reach, |site, pairs| {
                pairs.iter().for_each(|(point, mm)| kept.offer(*point, *mm, site as u32));
                Ok(())
            })?;
            kept.by_site(sites).iter().enumerate().try_for_each(|(site, pairs)| row(site, pairs))
        }
    }
}

impl Walks<'_> {
    /// What has a spot on the streets, or a place.
    pub(crate) fn known(&self) -> Known {
        fn some<T>(all: &[Option<T>]) -> Vec<bool> {
            all.iter().map(Option::is_some).collect()
        }
        match self {
            Walks::Streets { sites, points, .. } => Known::new(some(sites), some(points)),
            Walks::Straight { sites, points, .. } => Known::new(some(sites), some(points)),
        }
    }
}

fn stream(reach: &Parts<'_>, mut row: impl FnMut(usize, &[(u32, Millimetres)]) -> io::Result<()>) -> io::Result<()> {
    let mut pairs = Vec::new();
    reach.try_parts(0..reach.known().site_count(), |table, sites| {
        for site in sites {
            pairs.clear();
            pairs.extend(table.of_site(site).map(|(point, mm)| (point as u32, mm)));
            row(site, &pairs)?;
        }
        Ok(())
    })
}

/// The `k` nearest sites of each point so far.
struct Nearest {
    k: usize,
    /// `k` slots for each point, ascending; `(MAX, MAX)` is free.
    slots: Vec<(u32, u32)>,
}

impl Nearest {
    fn new(k: usize, points: usize) -> Self {
        Nearest { k, slots: vec![(u32::MAX, u32::MAX); k * points] }
    }

    fn offer(&mut self, point: u32, distance: Millimetres, site: u32) {
        let slots = &mut self.slots[point as usize * self.k..(point as usize + 1) * self.k];
        let pair = (distance.0 as u32, site);
        let at = slots.partition_point(|s| *s < pair);
        if at < slots.len() {
            slots[at..].rotate_right(1);
            slots[at] = pair;
        }
    }

    fn by_site(&self, sites: usize) -> Vec<Vec<(u32, Millimetres)>> {
        let mut rows = vec![Vec::new(); sites];
        if self.k > 0 {
            for (point, slots) in self.slots.chunks(self.k).enumerate() {
                for (mm, site) in slots.iter().filter(|s| s.1 != u32::MAX) {
                    rows[*site as usize].push((point as u32, Millimetres(u64::from(*mm))));
                }
            }
        }
        rows
    }
}
