//! From a city and what it knows of its people to demand points: the best source for each community, nobody lost.

use geo::InteriorPoint;
use rayon::prelude::*;

use super::spread::Spreader;
use super::{Demand, DemandSource, NO_COMMUNITY, Unplaced, estates, file, grid};
use crate::city::{City, Community, Counts, Group};
use crate::problem::{Code, Problem, Problems};
use crate::read::demand::DemandRecords;
use crate::settings::Settings;
use crate::space::LonLat;
use crate::units::{Count, Millimetres};

/// More grid points than this are a mistake in the boundaries or the spacing, not a city.
const MOST_GRID_POINTS: f64 = 50_000_000.0;
/// A spacing below this is finer than the houses: many points that say no more about where people live.
const FINEST_GRID: Millimetres = Millimetres(5_000);

/// Places people: the demand file's points are the truth for the groups they have, and what only the register has is spread over
/// them; without a file people stand on estates, else on a grid inside the boundary, else on the community's own point.
///
/// A community with people for which the file or the estates give no point falls back to the next source (W-NO-DEMAND); people
/// who can stand nowhere are kept in [`Demand::without_point`]. Points that differ from the register in sum: W-SUM.
pub fn place(settings: &Settings, city: &City, records: Option<DemandRecords>, problems: &mut Problems) -> Demand {
    let from_file = records.filter(|r| !r.places.is_empty());
    let by_file = from_file.is_some();
    let (mut demand, served) = match from_file {
        Some(records) => file::place(city, records, problems),
        None => (Demand::default(), vec![false; city.communities.len()]),
    };
    let estates_of = estates::by_community(city);
    let by_estates = !by_file && city.estates.iter().any(|e| e.place.is_some());
    let mut maker = Maker::new(city, &mut demand);
    if by_estates {
        maker.outside_estates(city);
    }

    let waiting: Vec<usize> = (0..city.communities.len()).filter(|c| !served[*c]).collect();
    if too_many(settings, city, &waiting, &estates_of, problems) {
        return demand;
    }
    let found: Vec<Option<(Sites, DemandSource)>> = waiting
        .par_iter()
        .map(|c| if has_people(&city.communities[*c]) { sites(settings, city, *c, &estates_of[*c]) } else { None })
        .collect();
    for (c, sites) in waiting.into_iter().zip(found) {
        let community = &city.communities[c];
        maker.note_missing(c, &community.counts);
        if !has_people(community) {
            continue;
        }
        let expected = match &sites {
            Some((_, DemandSource::Estates)) => by_estates,
            Some(_) => !by_file && !by_estates,
            None => false,
        };
        if !expected {
            problems.push(
                Problem::new(Code::W_NO_DEMAND).at(&community.origin).field("code").value(&community.code).with("name", &community.name),
            );
        }
        maker.community(c, &community.counts, sites);
    }
    demand.missing.sort_unstable();
    merge_unplaced(&mut demand.without_point);
    demand
}

/// Where people of one community can stand, and how they are weighed; a site without a place keeps its share, unknown.
pub struct Sites {
    /// Position of each site.
    pub places: Vec<Option<LonLat>>,
    /// Weight of each; all zero means all the same.
    pub weights: Vec<u64>,
}

fn has_people(community: &Community) -> bool {
    Group::ALL.into_iter().any(|g| community.counts[g].is_some_and(|n| n > Count::ZERO))
}

/// The best source that a community has beside a demand file.
fn sites(settings: &Settings, city: &City, c: usize, estates_here: &[u32]) -> Option<(Sites, DemandSource)> {
    if let Some(sites) = estates::of_community(city, estates_here) {
        return Some((sites, DemandSource::Estates));
    }
    let community = &city.communities[c];
    let equal = |places: Vec<LonLat>| Sites { weights: vec![0; places.len()], places: places.into_iter().map(Some).collect() };
    if let Some(boundary) = &community.boundary {
        let points = grid::inside(boundary, settings.grid);
        if !points.is_empty() {
            return Some((equal(points), DemandSource::Grid));
        }
    }
    let own = community.place.or_else(|| {
        let inner = community.boundary.as_ref()?.interior_point()?;
        LonLat::new(inner.x(), inner.y())
    });
    own.map(|place| (equal(vec![place]), DemandSource::CommunityPoints))
}

/// Refuses (E-LIMIT) a grid that would not fit into memory, from boundaries in a wrong unit or a slip in the spacing, and one that is
/// finer than houses.
fn too_many(settings: &Settings, city: &City, waiting: &[usize], estates_of: &[Vec<u32>], problems: &mut Problems) -> bool {
    let on_grid = waiting.iter().filter(|c| estates_of[**c].is_empty() && has_people(&city.communities[**c]));
    let points: f64 = on_grid.filter_map(|c| city.communities[*c].boundary.as_ref()).map(|b| grid::expected(b, settings.grid)).sum();
    let refused = points > MOST_GRID_POINTS || (points > 0.0 && settings.grid < FINEST_GRID);
    if refused {
        problems.push(
            Problem::new(Code::E_LIMIT)
                .field("demand.grid")
                .value(settings.grid)
                .why("@why.limit.grid")
                .with("points", format!("{points:.0}"))
                .with("hint", "@why.limit.grid.hint"),
        );
    }
    refused
}

/// Appends points, one community after another, to whatever a file gave.
struct Maker<'a> {
    demand: &'a mut Demand,
    given: Vec<Group>,
    spreader: Spreader,
}

impl<'a> Maker<'a> {
    /// Opens a column for every group that anything knows of.
    fn new(city: &City, demand: &'a mut Demand) -> Self {
        let in_register = |g: Group| g != Group::Weight && city.communities.iter().any(|c| c.counts[g].is_some());
        let points = demand.len();
        for group in Group::ALL.into_iter().filter(|g| in_register(*g)) {
            demand.counts[group as usize].get_or_insert_with(|| vec![Count::ZERO; points]);
        }
        let given = Group::ALL.into_iter().filter(|g| demand.group(*g).is_some()).collect();
        Maker { demand, given, spreader: Spreader::default() }
    }

    fn use_source(&mut self, source: DemandSource) {
        if !self.demand.sources.contains(&source) {
            self.demand.sources.push(source);
        }
    }

    fn note_missing(&mut self, c: usize, counts: &Counts) {
        let unknown = self.given.iter().filter(|g| counts[**g].is_none());
        self.demand.missing.extend(unknown.map(|g| (c as u32, *g)));
    }

    /// Adds one point with nobody on it yet.
    fn point(&mut self, place: LonLat, community: u32) -> usize {
        self.demand.places.push(place);
        self.demand.community.push(community);
        for group in &self.given {
            if let Some(column) = &mut self.demand.counts[*group as usize] {
                column.push(Count::ZERO);
            }
        }
        self.demand.places.len() - 1
    }

    fn community(&mut self, c: usize, counts: &Counts, sites: Option<(Sites, DemandSource)>) {
        let (sites, source) = match sites {
            Some((sites, source)) => (sites, Some(source)),
            None => (Sites { places: vec![None], weights: vec![0] }, None),
        };
        source.into_iter().for_each(|s| self.use_source(s));
        let spots: Vec<Option<usize>> = sites.places.iter().map(|p| p.map(|p| self.point(p, c as u32))).collect();
        let Maker { demand, given, spreader } = self;
        for group in given.iter() {
            let Some(total) = counts[*group] else { continue };
            let Some(column) = demand.counts[*group as usize].as_mut() else { continue };
            let unplaced = &mut demand.without_point;
            // The spreader may hand the same site its share twice, the second time a millionth more.
            let mut nowhere = vec![Count::ZERO; if spots.iter().all(Option::is_some) { 0 } else { spots.len() }];
            spreader.share(total, &sites.weights, |i, count| match spots[i] {
                Some(point) => column[point] = count,
                None => nowhere[i] = count,
            });
            let lost: Count = nowhere.into_iter().sum();
            if lost > Count::ZERO {
                unplaced.push(Unplaced { community: c as u32, group: *group, count: lost });
            }
        }
    }

    /// Estates of no community bring their own households.
    fn outside_estates(&mut self, city: &City) {
        for (group, _) in estates::outside(city).flat_map(estates::own_counts).filter(|(_, n)| n.is_some()) {
            let points = self.demand.len();
            self.demand.counts[group as usize].get_or_insert_with(|| vec![Count::ZERO; points]);
            if !self.given.contains(&group) {
                self.given.push(group);
            }
        }
        for estate in estates::outside(city) {
            let spot = estate.place.map(|place| self.point(place, NO_COMMUNITY));
            for (group, count) in estates::own_counts(estate) {
                let Some(count) = count else { continue };
                match (spot, self.demand.counts[group as usize].as_mut()) {
                    (Some(point), Some(column)) => column[point] = count,
                    _ => self.demand.without_point.push(Unplaced { community: NO_COMMUNITY, group, count }),
                }
            }
            self.use_source(DemandSource::Estates);
        }
    }
}

/// One line for each community and group.
fn merge_unplaced(list: &mut Vec<Unplaced>) {
    list.sort_by_key(|u| (u.community, u.group));
    list.dedup_by(|next, kept| {
        let same = (next.community, next.group) == (kept.community, kept.group);
        if same {
            kept.count += next.count;
        }
        same
    });
}
