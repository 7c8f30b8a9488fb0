//! What one more facility would add: the figures of `candidates.csv`, each candidate for itself.

use rayon::prelude::*;

use super::norm::{NormInReach, gap};
use super::old500::old500;
use super::within::within;
use super::{Coverage, SiteFigures};
use crate::city::{City, Group};
use crate::demand::Demand;
use crate::network::reach::{Reach, ReachTable};
use crate::settings::Settings;
use crate::units::{Count, SquareMetres};

/// The figures of every candidate, in file order. Candidate `i` is site `city.facilities.len() + i` of `reach`; one without a
/// position or without a spot on the network has no figures. `outside_share` needs the streets and is filled elsewhere.
pub fn figures(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    reach: &dyn Reach,
    coverage: &Coverage,
    norm: &NormInReach,
) -> Vec<SiteFigures> {
    let old: Vec<Option<bool>> = city.communities.iter().map(|c| old500(c, settings.accept_proxy)).collect();
    let (first, all) = (city.facilities.len(), city.facilities.len() + city.candidates.len());
    let mut figures = Vec::with_capacity(city.candidates.len());
    reach.in_parts(first..all.min(reach.known().site_count()), &mut |table, sites| {
        let scene = Scene { settings, city, demand, reach: table, coverage, norm, old: &old };
        let of_part = sites
            .into_par_iter()
            .map_init(|| Touched::new(city.communities.len()), |touched, site| scene.figures_of(site - first, touched))
            .collect::<Vec<_>>();
        figures.extend(of_part);
    });
    figures.resize(city.candidates.len(), SiteFigures::default());
    figures
}

/// Everything that a candidate is held against.
struct Scene<'a> {
    settings: &'a Settings,
    city: &'a City,
    demand: &'a Demand,
    reach: &'a ReachTable,
    coverage: &'a Coverage,
    norm: &'a NormInReach,
    old: &'a [Option<bool>],
}

impl Scene<'_> {
    fn figures_of(&self, candidate: usize, touched: &mut Touched) -> SiteFigures {
        let site = self.city.facilities.len() + candidate;
        let place = self.city.candidates[candidate].place;
        if place.is_none() || !self.reach.known().site_known(site) {
            return SiteFigures::default();
        }
        let elders = self.demand.group(Group::Elderly60);
        let (all, new) = (self.sum(site, elders, false), self.sum(site, elders, true));
        let served = all.zip(new).map(|(all, new)| all.minus(new));
        SiteFigures {
            elderly_60_reach: all,
            elderly_60_new: new,
            elderly_60_served: served,
            households_new: self.sum(site, self.demand.group(Group::Households), true),
            old_500_households_new: self.old_500_households_new(site),
            reach_gap_closed: self.reach_gap_closed(site, self.city.candidates[candidate].floor_area, touched),
            redundancy: served.zip(all).and_then(|(served, all)| served.share_of(all)),
            outside_share: None,
        }
    }

    /// Known points within the limit of a site, ascending.
    fn points(&self, site: usize) -> impl Iterator<Item = usize> + '_ {
        let near = |(p, d): (usize, _)| within(d, self.settings.speed, self.settings.limit).then_some(p);
        self.reach.of_site(site).filter_map(near).filter(|p| self.reach.known().point_known(*p))
    }

    /// Whether no counting facility covers a point yet.
    fn is_new(&self, point: usize) -> bool {
        self.coverage.cover_count[point] == 0
    }

    fn sum(&self, site: usize, counts: Option<&[Count]>, only_new: bool) -> Option<Count> {
        let counts = counts?;
        Some(self.points(site).filter(|p| !only_new || self.is_new(*p)).map(|p| counts[p]).sum())
    }

    /// Occupied households of P500 communities among the points newly in reach. Unknown while a community newly in reach may be
    /// such a one, or is one whose occupied households are unknown (with the proxy accepted, households stand in).
    fn old_500_households_new(&self, site: usize) -> Option<Count> {
        if self.city.communities.is_empty() {
            return None;
        }
        let mut sum = Count::ZERO;
        for p in self.points(site).filter(|p| self.is_new(*p)) {
            let Some(c) = self.demand.community_of(p) else { continue };
            if self.old[c] == Some(false) {
                continue;
            }
            let stand_in = self.settings.accept_proxy.then_some(Group::Households);
            let group = [Some(Group::OccupiedHouseholds), stand_in].into_iter().flatten().find(|g| self.demand.knows(c as u32, *g));
            let here = group.and_then(|g| self.demand.group(g)).map(|counts| counts[p]);
            match (self.old[c], here) {
                // Nobody lives here: whatever the community is, it adds nothing.
                (_, Some(Count::ZERO)) => {}
                (Some(true), Some(here)) => sum += here,
                _ => return None,
            }
        }
        Some(sum)
    }

    /// Σ reach gap now − Σ with the candidate's floor added as supply, m².
    ///
    /// In a binary two-step catchment a new supply leaves the ratios of the others as they are and adds its own, S ÷ Σ households
    /// in its reach, to every point it reaches: only communities that it touches change. Those whose norm is unknown are in neither
    /// sum; where all of them are, nothing can be said.
    fn reach_gap_closed(&self, site: usize, area: Option<SquareMetres>, touched: &mut Touched) -> Option<f64> {
        let households = self.demand.group(Group::Households)?;
        let area = area?.value();
        if self.city.communities.is_empty() {
            return None;
        }
        touched.clear();
        let mut all = Count::ZERO;
        for p in self.points(site) {
            all += households[p];
            if let Some(c) = self.demand.community_of(p).filter(|_| households[p] > Count::ZERO) {
                touched.add(c, households[p]);
            }
        }
        if touched.list.is_empty() {
            return Some(0.0);
        }
        let per_household = area / all.as_f64();
        let mut closed = None;
        // Ascending, so that the sum of fractions has one order.
        touched.list.sort_unstable();
        for c in &touched.list {
            let Some(now) = self.norm.communities.get(*c as usize).copied().flatten() else { continue };
            let reached = touched.households[*c as usize].as_f64() / now.known_households.as_f64();
            let then = gap(now.m2_per_100_households + 100.0 * per_household * reached, now.known_households);
            *closed.get_or_insert(0.0) += now.gap() - then;
        }
        closed
    }
}

/// Households that a candidate reaches, by community; kept from one candidate to the next.
struct Touched {
    households: Vec<Count>,
    list: Vec<u32>,
}

impl Touched {
    fn new(communities: usize) -> Self {
        Touched { households: vec![Count::ZERO; communities], list: Vec::new() }
    }

    fn add(&mut self, c: usize, count: Count) {
        if self.households[c] == Count::ZERO {
            self.list.push(c as u32);
        }
        self.households[c] += count;
    }

    fn clear(&mut self) {
        for c in self.list.drain(..) {
            self.households[c as usize] = Count::ZERO;
        }
    }
}
