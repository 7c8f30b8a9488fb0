//! Which communities a site has within the walk as a whole: the walking test of joint facilities.

use rayon::prelude::*;

use super::Coverage;
use super::within::within;
use crate::city::City;
use crate::demand::Demand;
use crate::network::reach::Reach;
use crate::settings::Settings;
use crate::units::Count;

/// A site and a community that it serves within the walking limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Facilities first, then candidates.
    pub site: u32,
    /// Index of the community.
    pub community: u32,
    /// Share of the community's known people within the walk: at least `coverage.covered`.
    pub share: f64,
}

/// Every such pair, by site, then community. People are those of the group that statuses go by.
pub fn near(settings: &Settings, city: &City, demand: &Demand, reach: &dyn Reach, coverage: &Coverage) -> Vec<Near> {
    let Some((group, people)) = demand.leading_group().and_then(|g| Some((g, demand.group(g)?))) else { return Vec::new() };
    let mut known = vec![Count::ZERO; city.communities.len()];
    for line in &coverage.communities {
        if let Some(g) = line.groups.iter().find(|g| g.group == group) {
            known[line.community as usize] = g.known();
        }
    }
    let sites = (city.facilities.len() + city.candidates.len()).min(reach.known().site_count());
    let mut found = Vec::new();
    reach.in_parts(0..sites, &mut |table, part| {
        let of_site = |site: usize| {
            let mut inside: Vec<(usize, Count)> = table
                .of_site(site)
                .filter(|(p, d)| table.known().point_known(*p) && within(*d, settings.speed, settings.limit))
                .filter_map(|(p, _)| Some((demand.community_of(p)?, people[p])))
                .collect();
            inside.sort_unstable_by_key(|(c, _)| *c);
            let of_one = |run: &[(usize, Count)]| {
                let community = run[0].0;
                let share = run.iter().map(|(_, n)| *n).sum::<Count>().share_of(known[community])?;
                (share >= settings.covered).then_some(Near { site: site as u32, community: community as u32, share })
            };
            inside.chunk_by(|a, b| a.0 == b.0).filter_map(of_one).collect::<Vec<_>>()
        };
        found.extend(part.into_par_iter().flat_map_iter(of_site).collect::<Vec<_>>());
    });
    found
}
