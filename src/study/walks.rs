//! The walks of a study: along streets, or straight where there is no network.

use super::{PackFindings, ReachedStreet, Street, outside};
use crate::city::City;
use crate::coverage::circles::{self, Asked, SiteCircles};
use crate::coverage::sensitivity::SnapLayer;
use crate::coverage::{Coverage, SiteFigures};
use crate::demand::Demand;
use crate::network::parts::Parts;
use crate::network::streets::{Stretch, without};
use crate::network::{Network, Spot, matrix, nearest, straight};
use crate::problem::{Code, Problem, Problems};
use crate::settings::Settings;
use crate::space::LonLat;
use crate::units::Millimetres;

/// Above this many candidates only the first-ranked carry a drawing of the streets they reach: a page must stay light.
const DRAWN: usize = 150;

/// Above this many facilities only the first carry their circles: a summary must not wait for pictures.
const ENCIRCLED: usize = 150;

/// Sites (facilities, then candidates) and demand points, ready to be walked between.
pub struct Walks<'a> {
    settings: &'a Settings,
    city: &'a City,
    sites: Vec<Option<LonLat>>,
    demand: &'a Demand,
    /// Only for straight walks: on streets the spots say nearly all.
    points: Vec<Option<LonLat>>,
    streets: Option<OnStreets<'a>>,
}

fn placed(demand: &Demand) -> Vec<Option<LonLat>> {
    demand.places.iter().copied().map(Some).collect()
}

/// Where sites and points enter the streets.
struct OnStreets<'a> {
    network: &'a Network,
    sites: Vec<Option<Spot>>,
    points: Vec<Option<Spot>>,
}

impl<'a> Walks<'a> {
    /// Snaps everything that has a position; what stands too far from every street is named (W-SNAP) and unknown.
    pub fn new(settings: &'a Settings, city: &'a City, demand: &'a Demand, network: Option<&'a Network>, problems: &mut Problems) -> Self {
        let facilities = city.facilities.iter().map(|f| f.place);
        let candidates = city.candidates.iter().map(|c| c.place);
        let sites: Vec<Option<LonLat>> = facilities.chain(candidates).collect();
        let mut points = placed(demand);
        let streets = network.map(|network| OnStreets {
            network,
            sites: network.snap_all(&sites, settings.snap),
            points: network.snap_all(&std::mem::take(&mut points), settings.snap),
        });
        let walks = Walks { settings, city, sites, demand, points, streets };
        walks.name_the_lost(problems);
        walks
    }

    /// The spots of sites and of points, where there are streets.
    pub fn spots(&self) -> Option<[&[Option<Spot>]; 2]> {
        self.streets.as_ref().map(|on| [on.sites.as_slice(), on.points.as_slice()])
    }

    /// Whether walks follow streets.
    pub fn on_streets(&self) -> bool {
        self.streets.is_some()
    }

    /// The searches, to the farthest distance that anything will ask for.
    pub fn reach(&self, farthest: Millimetres) -> Parts<'_> {
        let walks = match &self.streets {
            Some(on) => matrix::Walks::Streets { network: on.network, sites: &on.sites, points: &on.points },
            None => matrix::Walks::Straight { sites: &self.sites, points: &self.points, detour: self.settings.detour },
        };
        Parts::new(walks, farthest)
    }

    /// Each point's nearest of these facilities, at any distance.
    pub fn nearest(&self, facilities: &[u32]) -> Vec<Option<(u32, Millimetres)>> {
        match &self.streets {
            Some(on) => nearest::nearest(on.network, &on.sites, facilities, &on.points),
            None => straight::nearest(&self.sites, facilities, &self.points, self.settings.detour),
        }
    }

    /// For each snap distance which points are known and how far their nearest of these facilities is. A place's nearest street is
    /// the same at every distance, so only what stood too far away is looked up again.
    pub fn snap_layers(&self, snaps: Vec<Millimetres>, facilities: &[u32]) -> impl Iterator<Item = SnapLayer> {
        let distances = |found: Vec<Option<(u32, Millimetres)>>| found.into_iter().map(|n| n.map(|(_, walk)| walk)).collect();
        let widest = snaps.last().copied().unwrap_or_default();
        let wide = self.streets.as_ref().map(|on| {
            let again = |places: &[Option<LonLat>], spots: &[Option<Spot>]| -> Vec<Option<Spot>> {
                let lost: Vec<Option<LonLat>> = places.iter().zip(spots).map(|(p, s)| p.filter(|_| s.is_none())).collect();
                let found = if widest > self.settings.snap { on.network.snap_all(&lost, widest) } else { vec![None; lost.len()] };
                spots.iter().zip(found).map(|(own, found)| own.or(found)).collect()
            };
            let count = self.city.facilities.len();
            (again(&self.sites[..count], &on.sites[..count]), again(&placed(self.demand), &on.points))
        });
        let snaps = if wide.is_some() { snaps } else { vec![self.settings.snap] };
        snaps.into_iter().map(move |snap| match (&self.streets, &wide) {
            (Some(on), Some((sites, points))) => {
                let near = |spots: &[Option<Spot>]| -> Vec<Option<Spot>> { spots.iter().map(|s| s.filter(|s| s.leg() <= snap)).collect() };
                let points = near(points);
                let known = points.iter().map(Option::is_some).collect();
                SnapLayer { snap, known, nearest: distances(nearest::nearest(on.network, &near(sites), facilities, &points)) }
            }
            _ => SnapLayer { snap, known: self.points.iter().map(Option::is_some).collect(), nearest: distances(self.nearest(facilities)) },
        })
    }

    /// Fills how much of each circle lies outside all communities, and warns of those that are cut by the edge of the study.
    pub fn outside_shares(&self, coverage: &mut Coverage, figures: &mut [SiteFigures], problems: &mut Problems) {
        let Some(on) = &self.streets else { return };
        let limit = self.settings.speed.reach(self.settings.limit);
        outside::fill(self.city, on.network, &on.sites, limit, coverage, figures, problems);
    }

    /// The streets as drawn, and for each candidate those it reaches.
    pub fn drawings(&self, packs: &[PackFindings]) -> (Vec<Street>, Vec<Vec<ReachedStreet>>) {
        let Some(on) = &self.streets else { return Default::default() };
        let drawn = |edge| Street { line: on.network.line(edge).to_vec(), class: on.network.class_of(edge) };
        let streets = on.network.edges().map(drawn).collect();
        let facilities = self.city.facilities.len();
        let wanted: Vec<Option<Spot>> =
            on.sites[facilities..].iter().zip(self.drawn(packs)).map(|(s, drawn)| s.filter(|_| drawn)).collect();
        let limit = self.settings.speed.reach(self.settings.limit);
        let bands: Vec<Millimetres> =
            self.settings.bands.iter().map(|b| self.settings.speed.reach(*b)).filter(|reach| *reach <= limit).collect();
        let mut reached: Vec<Vec<ReachedStreet>> = vec![Vec::new(); wanted.len()];
        let mut inner: Vec<Vec<Stretch>> = vec![Vec::new(); wanted.len()];
        for (band, reach) in bands.iter().enumerate() {
            for (candidate, stretches) in on.network.reached_streets_of(&wanted, *reach).into_iter().enumerate() {
                let stretches = stretches.unwrap_or_default();
                let pieces = without(&stretches, &inner[candidate]).into_iter().map(|s| on.network.drawing(s));
                reached[candidate].extend(pieces.map(|line| ReachedStreet { line, band: band as u8 }));
                inner[candidate] = stretches;
            }
        }
        (streets, reached)
    }

    /// The circles of the sites that are drawn: facilities, then candidates, in file order, `None` where nothing is drawn or known.
    ///
    /// Of more than [`ENCIRCLED`] facilities the first in file order, of candidates those of [`Walks::drawings`].
    pub fn circles(&self, packs: &[PackFindings]) -> Vec<Option<SiteCircles>> {
        let times = circles::times(self.settings);
        let asked = Asked { times: &times, speed: self.settings.speed, buffer: self.settings.circle_buffer };
        let facilities = self.city.facilities.len();
        let drawn = self.drawn(packs);
        let wanted = |site: usize| if site < facilities { site < ENCIRCLED } else { drawn[site - facilities] };
        match &self.streets {
            Some(on) => {
                let spots: Vec<Option<Spot>> = on.sites.iter().enumerate().map(|(i, spot)| spot.filter(|_| wanted(i))).collect();
                circles::circles(on.network, &spots, asked)
            }
            None => {
                let places: Vec<Option<LonLat>> = self.sites.iter().enumerate().map(|(i, place)| place.filter(|_| wanted(i))).collect();
                circles::straight::circles(&places, asked, self.settings.detour)
            }
        }
    }

    /// For each candidate whether its reach is drawn: of many only the first-ranked.
    fn drawn(&self, packs: &[PackFindings]) -> Vec<bool> {
        let candidates = self.city.candidates.len();
        let mut drawn = vec![candidates <= DRAWN; candidates];
        for found in packs {
            found.ranking.iter().take(DRAWN).for_each(|r| drawn[r.candidate as usize] = true);
        }
        drawn
    }

    /// W-SNAP: each facility and candidate by its row, demand points as one number.
    fn name_the_lost(&self, problems: &mut Problems) {
        let Some(on) = &self.streets else { return };
        let facilities = self.city.facilities.iter().map(|f| (&f.origin, &f.id));
        let candidates = self.city.candidates.iter().map(|c| (&c.origin, &c.id));
        let lost = |place: &Option<LonLat>, spot: &Option<Spot>| place.is_some() && spot.is_none();
        for (i, (origin, id)) in facilities.chain(candidates).enumerate() {
            if lost(&self.sites[i], &on.sites[i]) {
                problems.push(Problem::new(Code::W_SNAP).at(origin).value(id).with("what", id).with("limit", self.settings.snap));
            }
        }
        let count = on.points.iter().filter(|spot| spot.is_none()).count();
        if count > 0 {
            let all = on.points.len();
            let file = self.settings.inputs.demand.first().map_or("", |i| i.shown.as_str());
            let problem = Problem::new(Code::W_SNAP).field("demand").value(format!("{count} / {all}"));
            let problem = if file.is_empty() { problem } else { problem.file(file) };
            problems.push(problem.with("what", format!("{count} / {all}")).with("limit", self.settings.snap));
        }
    }
}
