//! Reach in parts: where the whole table would not fit into memory, some sites are searched at a time, and their rows forgotten when
//! they have been added up.
//!
//! Streets and points stay whole, so a part needs no margin around it: a site's row is the same whoever is searched beside it.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::matrix::Walks;
use super::reach::{Chunk, Known, Reach, ReachTable, Reaching};
use super::straight;
use crate::space::LonLat;
use crate::units::Millimetres;

/// Bytes of a pair: eight in the table, and a little for the lists that are still growing.
pub const BYTES_PER_PAIR: u64 = 10;
/// Sites searched for an estimate.
const SAMPLE: usize = 48;

/// Searches of all sites, as many at a time as memory allows.
pub struct Parts<'a> {
    walks: Walks<'a>,
    finder: Finder<'a>,
    known: Arc<Known>,
    limit: Millimetres,
    /// Sites in one part.
    at_a_time: usize,
    /// The table of all sites, where they are one part.
    whole: OnceLock<ReachTable>,
}

/// Finds the pairs of sites along streets or straight.
pub(crate) enum Finder<'a> {
    Streets(Box<Reaching<'a>>),
    Straight(straight::Reaching<'a>),
}

impl<'a> Finder<'a> {
    pub fn new(walks: Walks<'a>, limit: Millimetres) -> Self {
        match walks {
            Walks::Streets { network, points, .. } => Finder::Streets(Box::new(Reaching::new(network, points, limit))),
            Walks::Straight { points, detour, .. } => Finder::Straight(straight::Reaching::new(points, limit, detour)),
        }
    }

    /// The pairs of those of these sites that have a spot.
    pub fn chunks(&self, walks: Walks<'_>, numbers: impl Iterator<Item = usize>) -> Vec<Chunk> {
        match (self, walks) {
            (Finder::Streets(reaching), Walks::Streets { sites, .. }) => {
                reaching.chunks(numbers.filter_map(|i| sites[i].map(|s| (i as u32, s))))
            }
            (Finder::Straight(reaching), Walks::Straight { sites, .. }) => {
                let placed: Vec<(u32, LonLat)> = numbers.filter_map(|i| sites[i].map(|s| (i as u32, s))).collect();
                reaching.chunks(&placed)
            }
            _ => Vec::new(),
        }
    }
}

impl<'a> Parts<'a> {
    /// All sites in one part, to begin with.
    pub fn new(walks: Walks<'a>, limit: Millimetres) -> Self {
        let known = Arc::new(walks.known());
        Parts { walks, finder: Finder::new(walks, limit), at_a_time: known.site_count().max(1), known, limit, whole: OnceLock::new() }
    }

    /// About how many pairs the whole table has: those of some sites strewn evenly over the list, times all. Exact for few sites.
    pub fn expected_pairs(&self) -> u64 {
        let known: Vec<usize> = (0..self.known.site_count()).filter(|s| self.known.site_known(*s)).collect();
        if known.is_empty() {
            return 0;
        }
        let sample = known.len().min(SAMPLE);
        let some: Vec<usize> = (0..sample).map(|i| known[i * known.len() / sample]).collect();
        // A few at a time: with a limit beyond sense each has millions.
        let pairs_of = |few: &[usize]| self.finder.chunks(self.walks, few.iter().copied()).iter().map(|c| c.pairs.len()).sum::<usize>();
        let pairs: usize = some.chunks(4).map(pairs_of).sum();
        (pairs as u128 * known.len() as u128 / sample as u128) as u64
    }

    /// Works off as many sites at a time; at least one.
    pub fn set_at_a_time(&mut self, sites: usize) {
        self.at_a_time = sites.max(1);
    }

    /// Sites in one part.
    pub fn at_a_time(&self) -> usize {
        self.at_a_time
    }

    /// Searches now, where one part holds all sites; else when the rows are asked for, each time anew.
    pub fn search(&self) {
        if self.at_a_time >= self.known.site_count() {
            self.whole.get_or_init(|| self.table(0..self.known.site_count()));
        }
    }

    /// The table of all sites.
    pub fn whole(self) -> ReachTable {
        let all = 0..self.known.site_count();
        match self.whole.get() {
            None => self.table(all),
            Some(_) => self.whole.into_inner().unwrap_or_default(),
        }
    }

    /// What is on the network at all, to be kept when the searches are over.
    pub fn into_known(self) -> Known {
        drop(self.whole);
        Arc::try_unwrap(self.known).unwrap_or_else(|shared| (*shared).clone())
    }

    /// The rows of `sites` in parts; the first error of `work` ends the search.
    pub fn try_parts<E>(&self, sites: Range<usize>, mut work: impl FnMut(&ReachTable, Range<usize>) -> Result<(), E>) -> Result<(), E> {
        self.search();
        if let Some(whole) = self.whole.get() {
            return work(whole, sites);
        }
        let mut from = sites.start;
        while from < sites.end {
            let to = (from + self.at_a_time).min(sites.end);
            work(&self.table(from..to), from..to)?;
            from = to;
        }
        Ok(())
    }

    fn table(&self, sites: Range<usize>) -> ReachTable {
        let chunks = self.finder.chunks(self.walks, sites.clone());
        ReachTable::of_chunks(chunks, sites, Arc::clone(&self.known), self.limit)
    }
}

impl Reach for Parts<'_> {
    fn known(&self) -> &Known {
        &self.known
    }

    fn in_parts(&self, sites: Range<usize>, work: &mut dyn FnMut(&ReachTable, Range<usize>)) {
        let done: Result<(), std::convert::Infallible> = self.try_parts(sites, |table, sites| {
            work(table, sites);
            Ok(())
        });
        done.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;

    #[test]
    fn parts_have_the_rows_of_the_whole() {
        let network = Network::grid(12, 9, 80.0);
        let (south_west, north_east) = network.bounds().unwrap();
        let place = |i: u32| LonLat {
            lon: south_west.lon + f64::from(i * 37 % 100) / 100.0 * (north_east.lon - south_west.lon),
            lat: south_west.lat + f64::from(i * 61 % 100) / 100.0 * (north_east.lat - south_west.lat),
        };
        let mut sites: Vec<Option<LonLat>> = (0..11).map(|i| Some(place(i))).collect();
        sites[4] = None;
        let points: Vec<Option<LonLat>> = (0..200).map(|i| Some(place(i + 7))).collect();
        let (site_spots, point_spots) = (network.snap_all(&sites, Millimetres(100_000)), network.snap_all(&points, Millimetres(100_000)));
        for walks in [
            Walks::Streets { network: &network, sites: &site_spots, points: &point_spots },
            Walks::Straight { sites: &sites, points: &points, detour: 1.3 },
        ] {
            let whole = Parts::new(walks, Millimetres(300_000)).whole();
            let pairs: usize = whole.sites().map(|s| whole.of_site(s).len()).sum();
            assert!(pairs > 100, "{pairs}");
            assert_eq!(Parts::new(walks, Millimetres(300_000)).expected_pairs(), pairs as u64);
            for at_a_time in [1, 3, 4, 50] {
                let mut parts = Parts::new(walks, Millimetres(300_000));
                parts.set_at_a_time(at_a_time);
                let mut seen = Vec::new();
                parts.in_parts(2..10, &mut |table, sites| {
                    sites.for_each(|s| {
                        assert!(table.of_site(s).eq(whole.of_site(s)), "site {s}");
                        seen.push(s);
                    });
                });
                assert_eq!(seen, (2..10).collect::<Vec<_>>());
            }
        }
    }
}
