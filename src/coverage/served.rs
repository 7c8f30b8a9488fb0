//! What serves each demand point: how far its nearest counting facility is, and how many reach it within the limit.

use super::supply;
use super::within::within;
use crate::city::City;
use crate::network::reach::Reach;
use crate::settings::Settings;
use crate::units::Millimetres;

/// One demand point; an unknown one is served by nothing that anybody knows of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Served {
    /// Walk to the nearest counting facility, as far as the reach goes; `None` beyond.
    nearest: Option<u32>,
    /// Counting facilities within the limit, each once however often the file repeats it.
    pub count: u32,
}

impl Served {
    /// Walk to the nearest counting facility, as far as the reach goes; `None` beyond.
    pub fn nearest(self) -> Option<Millimetres> {
        self.nearest.map(|mm| Millimetres(u64::from(mm)))
    }
}

/// Every demand point, served by the facilities for which `counts` holds.
pub fn served(settings: &Settings, city: &City, reach: &dyn Reach, counts: &[bool]) -> Vec<Served> {
    let facilities = counts.len().min(reach.known().site_count());
    let near = |d: Millimetres| within(d, settings.speed, settings.limit);
    let mut points = vec![Served::default(); reach.known().point_count()];
    let mut families = Families::of(city, counts);
    reach.in_parts(0..facilities, &mut |table, sites| {
        table.for_points(sites.clone(), &mut points, |point, site, d| {
            if counts[site] {
                let mm = d.0 as u32;
                point.nearest = Some(point.nearest.map_or(mm, |known| known.min(mm)));
                point.count += u32::from(near(d) && !families.holds(site));
            }
        });
        for (site, family) in families.list.iter().filter(|(site, _)| sites.contains(site)) {
            families.reached[*family].extend(table.of_site(*site).filter(|(_, d)| near(*d)).map(|(p, _)| p as u32));
        }
    });
    for reached in &mut families.reached {
        reached.sort_unstable();
        reached.dedup();
        reached.iter().for_each(|p| points[*p as usize].count += 1);
    }
    let unknown = |p: &usize| !reach.known().point_known(*p);
    (0..points.len()).filter(unknown).for_each(|p| points[p] = Served::default());
    points
}

/// Counting facilities that the file repeats: a point in reach of several records of one facility has it once.
struct Families {
    /// `(site, family)`, ascending.
    list: Vec<(usize, usize)>,
    /// Points that each family reaches within the limit.
    reached: Vec<Vec<u32>>,
}

impl Families {
    fn of(city: &City, counts: &[bool]) -> Self {
        let mut all = Families { list: Vec::new(), reached: Vec::new() };
        if city.facilities.iter().all(|f| f.duplicate_of.is_none()) {
            return all;
        }
        let mut by_original: Vec<(u32, usize)> =
            (0..city.facilities.len()).filter(|f| counts[*f]).map(|f| (supply::original(&city.facilities, f as u32), f)).collect();
        by_original.sort_unstable();
        for (family, members) in by_original.chunk_by(|a, b| a.0 == b.0).filter(|members| members.len() > 1).enumerate() {
            all.list.extend(members.iter().map(|(_, site)| (*site, family)));
            all.reached.push(Vec::new());
        }
        all.list.sort_unstable();
        all
    }

    fn holds(&self, site: usize) -> bool {
        !self.list.is_empty() && self.list.binary_search_by_key(&site, |m| m.0).is_ok()
    }
}
