//! What `check` finds about the streets: pieces, loose ends, and who stands where no street leads.

use rayon::prelude::*;

use super::walks::Walks;
use crate::city::City;
use crate::demand::Demand;
use crate::network::audit::{Gain, LooseEnd, Piece, Topology};
use crate::network::{Network, Spot};
use crate::problem::{Code, Problem, Problems};
use crate::settings::Settings;
use crate::space::LonLat;
use crate::units::{Count, Millimetres};

/// Kept pieces that are listed, longest first.
const KEPT: usize = 20;
/// Cut pieces, islands and places far from a street that are listed at most; the rest is summed.
const LISTED: usize = 500;
/// Places that are listed in any case, near as they may be.
const WORST: usize = 50;
/// Loose ends that are listed.
const LOOSE: usize = 10_000;
/// A piece with more edges than this is drawn as its box.
const DRAWN: u32 = 2_000;
/// Above this share of people without a street a community cannot be judged.
const MOSTLY: f64 = 0.5;
/// Examples that a warning names.
const EXAMPLES: usize = 3;

/// All that was found.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// Pieces of the network: the longest kept ones and those cut off, longest first.
    pub pieces: Vec<PieceFound>,
    /// How many further pieces there are and their length.
    pub further_pieces: (usize, Millimetres),
    /// Facilities, candidates and demand points farthest from a street, farthest first in each kind.
    pub snaps: Vec<WorstSnap>,
    /// Streets that end just short of another one, those that would bring most first.
    pub loose_ends: Vec<LooseEnd>,
    /// How many further ones there are.
    pub further_loose_ends: usize,
    /// Communities most of whose people are too far from a street, most people first.
    pub unsnapped: Vec<Unsnapped>,
    /// Pieces kept although detached from the longest one, on which somebody lives or a site stands, most people first.
    pub islands: Vec<Island>,
    /// How many further islands there are, and who lives on them, if anybody is counted at all.
    pub further_islands: (usize, Option<Count>),
    /// Facilities and candidates on all islands.
    pub island_sites: usize,
}

/// A piece and its drawing.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct PieceFound {
    /// From 1, the longest.
    pub number: u32,
    pub piece: Piece,
    pub drawing: Drawing,
}

/// What is seen of a piece.
#[derive(Debug, Clone)]
pub enum Drawing {
    /// Its streets.
    Lines(Vec<Vec<LonLat>>),
    /// Its south-west and north-east corner.
    Box(LonLat, LonLat),
}

/// What kind of place stands far from a street.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PlaceKind {
    Facility,
    Candidate,
    Demand,
}

/// A place and the nearest kept street.
#[derive(Debug, Clone)]
pub struct WorstSnap {
    /// Of what.
    pub kind: PlaceKind,
    /// Its id.
    pub id: String,
    /// Where it is.
    pub place: LonLat,
    /// The nearest spot and how far it is; `None` where there is no street within a thousand kilometres.
    pub nearest: Option<(LonLat, Millimetres)>,
    /// Whether that is farther than `walking.snap`: its reach is unknown.
    pub beyond: bool,
    /// People of the leading group at a demand point.
    pub people: Option<Count>,
}

/// A community most of whose people have no street.
#[derive(Debug, Clone, Copy)]
pub struct Unsnapped {
    /// Index into `City::communities`.
    pub community: u32,
    /// People of the leading group at its points.
    pub people: Count,
    /// Those of them whose point is too far from a street.
    pub without: Count,
}

/// Who is on a detached piece.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Island {
    pub found: PieceFound,
    /// People of the leading group; `None` when the study knows of no people.
    pub people: Option<Count>,
    pub facilities: u32,
    pub candidates: u32,
    /// Communities that most of these people belong to, at most three, most people first.
    pub communities: Vec<u32>,
}

impl Audit {
    /// Looks at everything and names each kind of trouble once.
    pub fn of(
        settings: &Settings,
        city: &City,
        demand: &Demand,
        network: &Network,
        topology: &Topology,
        walks: &Walks<'_>,
        problems: &mut Problems,
    ) -> Audit {
        let Some([sites, points]) = walks.spots() else { return Audit::default() };
        let people = demand.leading_group().and_then(|g| demand.group(g));
        let mut audit = Audit::default();
        audit.weigh_pieces(network, topology);
        audit.find_loose_ends(network, topology);
        audit.find_far_places(settings, city, demand, network, sites, points);
        audit.find_unsnapped(city, demand, people, points);
        audit.find_islands(city, demand, network, topology, people, sites, points);
        audit.warn(settings, city, problems);
        audit
    }

    fn weigh_pieces(&mut self, network: &Network, topology: &Topology) {
        let (mut kept, mut cut) = (0, 0);
        let mut listed = Vec::new();
        for (number, piece) in topology.pieces.iter().enumerate() {
            let (count, most) = if piece.kept { (&mut kept, KEPT) } else { (&mut cut, LISTED) };
            *count += 1;
            if *count <= most {
                listed.push(number as u32);
            } else {
                self.further_pieces.0 += 1;
                self.further_pieces.1.0 += piece.length.0;
            }
        }
        self.pieces = draw(network, topology, &listed);
    }

    fn find_loose_ends(&mut self, network: &Network, topology: &Topology) {
        let mut found = topology.loose_ends(network);
        // A way round of unknown length is longer than any that was followed; a joined piece counts by its streets.
        let worth = |gain: Gain| match gain {
            Gain::Joins(length) => (2, length),
            Gain::FarRound => (1, Millimetres(0)),
            Gain::Saves(saved) => (0, saved),
        };
        found.sort_by_key(|e| std::cmp::Reverse(worth(e.gain)));
        self.further_loose_ends = found.len().saturating_sub(LOOSE);
        found.truncate(LOOSE);
        self.loose_ends = found;
    }

    fn find_far_places(
        &mut self,
        settings: &Settings,
        city: &City,
        demand: &Demand,
        network: &Network,
        sites: &[Option<Spot>],
        points: &[Option<Spot>],
    ) {
        let facilities = city.facilities.len();
        let places: [Vec<Option<LonLat>>; 3] = [
            city.facilities.iter().map(|f| f.place).collect(),
            city.candidates.iter().map(|c| c.place).collect(),
            demand.places.iter().copied().map(Some).collect(),
        ];
        let spots = [&sites[..facilities], &sites[facilities..], points];
        let people = demand.leading_group().and_then(|g| demand.group(g));
        for (kind, (places, spots)) in
            [PlaceKind::Facility, PlaceKind::Candidate, PlaceKind::Demand].into_iter().zip(places.iter().zip(spots))
        {
            // What found no street in reach has one farther away.
            let far: Vec<(usize, Option<Spot>)> = places
                .par_iter()
                .zip(spots)
                .enumerate()
                .filter_map(|(i, (place, spot))| place.map(|p| (i, spot.or_else(|| network.snap_far(p)))))
                .collect();
            let leg = |spot: &Option<Spot>| spot.map_or(Millimetres(u64::MAX), |s| s.leg());
            let beyond = far.iter().filter(|(i, _)| spots[*i].is_none()).count();
            let mut order: Vec<usize> = (0..far.len()).collect();
            order.sort_by_key(|i| (std::cmp::Reverse(leg(&far[*i].1)), *i));
            for (i, spot) in order.into_iter().take(beyond.clamp(WORST, LISTED)).map(|o| far[o]) {
                let Some(place) = places[i] else { continue };
                self.snaps.push(WorstSnap {
                    kind,
                    id: match kind {
                        PlaceKind::Facility => city.facilities[i].id.clone(),
                        PlaceKind::Candidate => city.candidates[i].id.clone(),
                        PlaceKind::Demand => demand.id(i).to_string(),
                    },
                    place,
                    nearest: spot.map(|s| (network.place_of(s), s.leg())),
                    beyond: spot.is_none_or(|s| s.leg() > settings.snap),
                    people: if kind == PlaceKind::Demand { people.map(|p| p[i]) } else { None },
                });
            }
        }
    }

    fn find_unsnapped(&mut self, city: &City, demand: &Demand, people: Option<&[Count]>, points: &[Option<Spot>]) {
        let Some(people) = people else { return };
        let mut sums = vec![(Count::ZERO, Count::ZERO); city.communities.len()];
        for (p, count) in people.iter().enumerate() {
            if let Some(c) = demand.community_of(p) {
                sums[c].0 += *count;
                sums[c].1 += if points[p].is_none() { *count } else { Count::ZERO };
            }
        }
        let mostly = |(_, (people, without)): &(usize, &(Count, Count))| without.share_of(*people).is_some_and(|share| share > MOSTLY);
        self.unsnapped = (sums.iter().enumerate().filter(mostly))
            .map(|(c, (people, without))| Unsnapped { community: c as u32, people: *people, without: *without })
            .collect();
        self.unsnapped.sort_by_key(|u| std::cmp::Reverse(u.without));
    }

    #[allow(clippy::too_many_arguments)]
    fn find_islands(
        &mut self,
        city: &City,
        demand: &Demand,
        network: &Network,
        topology: &Topology,
        people: Option<&[Count]>,
        sites: &[Option<Spot>],
        points: &[Option<Spot>],
    ) {
        // Everybody on the main piece is at home; only the others are looked at one by one.
        let detached = |spot: &Option<Spot>| spot.map(|s| topology.piece_of(s.edge())).filter(|piece| *piece > 0);
        let mut living: Vec<(u32, u32, Count)> = Vec::new();
        for (p, piece) in points.iter().enumerate().filter_map(|(p, spot)| Some((p, detached(spot)?))) {
            living.push((piece, demand.community[p], people.map_or(Count::ZERO, |people| people[p])));
        }
        living.sort_unstable_by_key(|(piece, community, _)| (*piece, *community));
        let mut standing: Vec<(u32, bool)> =
            sites.iter().enumerate().filter_map(|(s, spot)| Some((detached(spot)?, s >= city.facilities.len()))).collect();
        standing.sort_unstable();
        let mut numbers: Vec<u32> = living.iter().map(|l| l.0).chain(standing.iter().map(|s| s.0)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut found: Vec<(Count, u32)> = numbers
            .iter()
            .map(|piece| {
                let of = living.partition_point(|l| l.0 < *piece)..living.partition_point(|l| l.0 <= *piece);
                (living[of].iter().map(|l| l.2).sum(), *piece)
            })
            .collect();
        found.sort_by_key(|(people, piece)| (std::cmp::Reverse(*people), *piece));
        let rest = found.split_off(found.len().min(LISTED));
        self.further_islands = (rest.len(), people.map(|_| rest.iter().map(|r| r.0).sum()));
        self.island_sites = standing.len();
        let mut drawn = draw(network, topology, &found.iter().map(|f| f.1).collect::<Vec<_>>());
        drawn.sort_unstable_by_key(|d| d.number);
        for (count, piece) in found {
            let of = living.partition_point(|l| l.0 < piece)..living.partition_point(|l| l.0 <= piece);
            let mut by_community: Vec<(Count, u32)> = living[of]
                .chunk_by(|a, b| a.1 == b.1)
                .filter(|c| (c[0].1 as usize) < city.communities.len())
                .map(|c| (c.iter().map(|l| l.2).sum(), c[0].1))
                .collect();
            by_community.sort_by_key(|(people, c)| (std::cmp::Reverse(*people), *c));
            let on = |candidate: bool| standing.iter().filter(|s| **s == (piece, candidate)).count() as u32;
            let Ok(at) = drawn.binary_search_by_key(&(piece + 1), |d| d.number) else { continue };
            self.islands.push(Island {
                found: drawn[at].clone(),
                people: people.map(|_| count),
                facilities: on(false),
                candidates: on(true),
                communities: by_community.into_iter().take(EXAMPLES).map(|(_, c)| c).collect(),
            });
        }
    }

    /// One warning for each kind of trouble, with how many there are and the first few.
    fn warn(&self, settings: &Settings, city: &City, problems: &mut Problems) {
        let shown = |list: &[crate::read::Input]| list.first().map_or(String::new(), |i| i.shown.clone());
        let network = shown(&settings.inputs.network);
        let few = |examples: Vec<String>, of: usize| examples.join(", ") + if of > EXAMPLES { " …" } else { "" };
        let loose = self.loose_ends.len() + self.further_loose_ends;
        if loose > 0 {
            let joins = self.loose_ends.iter().filter(|e| matches!(e.gain, Gain::Joins(_))).count();
            let examples =
                self.loose_ends.iter().take(EXAMPLES).map(|e| format!("{:.5} {:.5} ({})", e.end.lon, e.end.lat, e.gap)).collect();
            problems.push(
                Problem::new(Code::W_LOOSE_END)
                    .file(&network)
                    .value(loose)
                    .with("joins", joins)
                    .with("near", crate::network::audit::NEAR)
                    .with("examples", few(examples, loose)),
            );
        }
        if !self.unsnapped.is_empty() {
            let name = |u: &Unsnapped| {
                let community = &city.communities[u.community as usize];
                format!("{} ({} / {})", community.name, u.without, u.people)
            };
            problems.push(
                Problem::new(Code::W_SNAP_COMMUNITY)
                    .file(shown(&settings.inputs.communities))
                    .value(self.unsnapped.len())
                    .with("limit", settings.snap)
                    .with("examples", few(self.unsnapped.iter().take(EXAMPLES).map(name).collect(), self.unsnapped.len())),
            );
        }
        let islands = self.islands.len() + self.further_islands.0;
        if islands > 0 {
            let people = self.further_islands.1.map(|further| self.islands.iter().filter_map(|i| i.people).sum::<Count>() + further);
            // Nobody was counted: that is not nobody.
            let people = people.map_or_else(|| "?".to_owned(), |p| p.to_string());
            let problem = Problem::new(Code::W_ISLAND).file(&network).value(islands);
            problems.push(problem.with("people", people).with("sites", self.island_sites));
        }
    }
}

/// The drawings of these pieces, in one pass over the edges.
fn draw(network: &Network, topology: &Topology, wanted: &[u32]) -> Vec<PieceFound> {
    let mut slot = vec![usize::MAX; topology.pieces.len()];
    wanted.iter().enumerate().for_each(|(i, piece)| slot[*piece as usize] = i);
    let mut drawings: Vec<Option<Drawing>> = vec![None; wanted.len()];
    for (piece, edge) in topology.edges_of(|piece| slot[piece as usize] != usize::MAX) {
        let (drawing, line) = (&mut drawings[slot[piece as usize]], network.line(edge));
        if topology.pieces[piece as usize].edges <= DRAWN {
            match drawing {
                Some(Drawing::Lines(lines)) => lines.push(line.to_vec()),
                _ => *drawing = Some(Drawing::Lines(vec![line.to_vec()])),
            }
        } else {
            let start = match drawing {
                Some(Drawing::Box(low, high)) => (*low, *high),
                _ => (line[0], line[0]),
            };
            let (low, high) = line.iter().fold(start, |(low, high), v| {
                (LonLat { lon: low.lon.min(v.lon), lat: low.lat.min(v.lat) }, LonLat { lon: high.lon.max(v.lon), lat: high.lat.max(v.lat) })
            });
            *drawing = Some(Drawing::Box(low, high));
        }
    }
    wanted
        .iter()
        .zip(drawings)
        .map(|(piece, drawing)| PieceFound {
            number: piece + 1,
            piece: topology.pieces[*piece as usize],
            drawing: drawing.unwrap_or(Drawing::Lines(Vec::new())),
        })
        .collect()
}
