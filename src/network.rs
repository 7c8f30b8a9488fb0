//! Where one can walk: ways → edges, a point → a spot on an edge, and bounded search over them.
//!
//! A walk goes from the demand point straight to its spot on the nearest edge, along the streets, and from the site's spot straight
//! to the site. Every length is a whole number of millimetres. Streets are read by [`Network::read`], places put on them by
//! [`Network::snap_all`]; [`reach::build`] then finds every point within a limit of every site, and [`nearest::nearest`] the nearest
//! site of every point, however far. Without a street file, [`straight`] answers both by straight line × detour.

pub mod audit;
mod chains;
mod draft;
mod hilbert;
mod join;
mod length;
mod lines;
pub mod matrix;
pub mod nearest;
mod osm;
pub mod parts;
mod pieces;
mod points;
pub mod reach;
mod search;
mod snap;
pub mod straight;
pub mod streets;
mod sweep;
mod tree;
mod walkways;

use chains::{Graph, Place};
use draft::Draft;
pub(crate) use length::karney as measured;
pub use snap::Spot;

use crate::problem::{Code, Problem, Problems};
use crate::settings::Settings;
use crate::space::LonLat;
use crate::units::Millimetres;
use search::ChainSpot;

/// The longest edge, chain, leg or limit, in millimetres (1,000 km): sums of three stay within `u32`.
pub(crate) const LONGEST: u32 = 1_000_000_000;
/// No chain.
pub(crate) const NONE: u32 = u32::MAX;

/// Streets that can be walked, ready for snapping and searching.
#[derive(Debug)]
pub struct Network {
    /// Vertices of all edges.
    vertices: Vec<LonLat>,
    /// `first[e]..first[e + 1]` are the vertices of edge `e`; edges are in input order.
    first: Vec<u32>,
    /// Millimetres of each edge.
    length: Vec<u32>,
    /// How each edge is drawn.
    class: Vec<u8>,
    /// Where each edge lies on its chain.
    places: Vec<Place>,
    /// What the search runs over.
    graph: Graph,
    /// Runs of segments of the kept edges.
    tree: tree::Tree,
    /// What was read and kept.
    stats: Stats,
}

/// What a network consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Edges of kept pieces.
    pub edges: u32,
    /// Nodes of kept pieces, as drawn.
    pub nodes: u32,
    /// Nodes left for the search, chains contracted.
    pub junctions: u32,
    /// Pieces kept.
    pub pieces: u32,
    /// Street length of kept pieces.
    pub length: Millimetres,
    /// Pieces shorter than `min_component`, cut off.
    pub cut_pieces: u32,
    /// Street length of these.
    pub cut_length: Millimetres,
}

impl Network {
    /// Reads the network files of a study; `None` when there is none, or when they hold an error (which is in `problems`).
    pub fn read(settings: &Settings, problems: &mut Problems) -> Option<Network> {
        Self::read_with(settings, |_, _| (), problems).map(|(network, ())| network)
    }

    /// The same, and what an audit needs of the streets before chains are contracted.
    pub fn read_for_audit(settings: &Settings, problems: &mut Problems) -> Option<(Network, audit::Topology)> {
        Self::read_with(settings, audit::Topology::of, problems)
    }

    fn read_with<T>(settings: &Settings, look: impl FnOnce(&Draft, &[bool]) -> T, problems: &mut Problems) -> Option<(Network, T)> {
        let inputs = &settings.inputs.network;
        if inputs.is_empty() {
            return None;
        }
        let (osm, lines): (Vec<_>, Vec<_>) = inputs.iter().partition(|i| osm::is_named_pbf(&i.path));
        let mut found = Problems::default();
        let mut draft = Draft::new();
        for part in [osm::read(&osm, &mut found), lines::read(&lines, &mut found)].into_iter().flatten() {
            draft.append(part);
        }
        let usable = !found.has_errors() && !draft.is_empty();
        problems.extend(found);
        if !usable {
            return None;
        }
        let (network, seen) = Network::build_with(draft, settings.min_component, look);
        if network.stats.cut_pieces > 0 {
            problems.push(
                Problem::new(Code::W_CUT_OFF)
                    .file(&inputs[0].shown)
                    .value(network.stats.cut_pieces)
                    .with("km", format!("{:.1}", network.stats.cut_length.metres() / 1000.0))
                    .with("limit", settings.min_component),
            );
        }
        Some((network, seen))
    }

    /// Weighs pieces, contracts chains and builds the tree.
    fn build(draft: Draft, min_component: Millimetres) -> Network {
        Self::build_with(draft, min_component, |_, _| ()).0
    }

    /// The same; `look` sees the draft, and which of its edges are kept, before it is given up.
    fn build_with<T>(draft: Draft, min_component: Millimetres, look: impl FnOnce(&Draft, &[bool]) -> T) -> (Network, T) {
        let pieces = pieces::weigh(&draft, min_component);
        let seen = look(&draft, &pieces.kept);
        let ((graph, places), tree) =
            rayon::join(|| chains::contract(&draft, &pieces.kept), || tree::Tree::new(&draft.vertices, &draft.first, &pieces.kept));
        let kept = || (0..draft.len()).filter(|e| pieces.kept[*e]);
        let mut nodes: Vec<u32> = kept().flat_map(|e| draft.ends[e]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let stats = Stats {
            edges: kept().count() as u32,
            nodes: nodes.len() as u32,
            junctions: graph.nodes() as u32,
            pieces: pieces.kept_pieces,
            length: Millimetres(kept().map(|e| u64::from(draft.length[e])).sum()),
            cut_pieces: pieces.cut_pieces,
            cut_length: pieces.cut_length,
        };
        let Draft { vertices, first, length, class, .. } = draft;
        (Network { vertices, first, length, class, places, graph, tree, stats }, seen)
    }

    /// A made-up town for measurements: `columns × rows` corners, `metres` apart, north and east of a corner at 110° E, 36° N.
    pub fn grid(columns: u32, rows: u32, metres: f64) -> Network {
        let (east, north) = length::metres_per_degree(36.0);
        let at = |x: u32, y: u32| LonLat { lon: 110.0 + f64::from(x) * metres / east, lat: 36.0 + f64::from(y) * metres / north };
        let mut draft = Draft::new();
        let whole = (metres * 1000.0 + 0.5) as u32;
        for (x, y) in (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y))) {
            for (x2, y2) in [(x + 1, y), (x, y + 1)].into_iter().filter(|(x, y)| *x < columns && *y < rows) {
                draft.vertices.extend([at(x, y), at(x2, y2)]);
                draft.close_edge([y * columns + x, y2 * columns + x2], whole, draft::BOTH, 2);
            }
        }
        draft.nodes = columns * rows;
        Network::build(draft, Millimetres(0))
    }

    /// Streets drawn by a test; those that begin or end at the same place are joined there, nothing is cut off.
    #[cfg(test)]
    pub(crate) fn drawn(lines: &[(Vec<LonLat>, u8)]) -> Network {
        let mut draft = Draft::new();
        let mut places: Vec<LonLat> = Vec::new();
        for (line, ways) in lines {
            let ends = [line[0], line[line.len() - 1]].map(|end| {
                let known = places.iter().position(|p| *p == end);
                known.unwrap_or_else(|| {
                    places.push(end);
                    places.len() - 1
                }) as u32
            });
            draft.vertices.extend(line);
            draft.close_edge(ends, length::whole_mm(line).unwrap_or_default(), *ways, 2);
        }
        draft.nodes = places.len() as u32;
        Network::build(draft, Millimetres(0))
    }

    /// What was read and kept.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// About how much memory all this takes.
    pub fn bytes(&self) -> u64 {
        fn of<T>(all: &[T]) -> usize {
            size_of_val(all)
        }
        let edges = of(&self.vertices) + of(&self.first) + of(&self.length) + of(&self.class) + of(&self.places);
        (edges + self.graph.bytes() + self.tree.bytes()) as u64
    }

    /// The drawing of an edge.
    pub fn line(&self, edge: u32) -> &[LonLat] {
        &self.vertices[self.first[edge as usize] as usize..self.first[edge as usize + 1] as usize]
    }

    /// A spot as the search sees it. At the end of a one-way chain it is the node itself.
    fn on_chain(&self, spot: Spot) -> ChainSpot {
        let place = self.places[spot.edge as usize];
        let within = if place.flipped { self.length[spot.edge as usize] - spot.along } else { spot.along };
        let (chain, along) = (place.chain, place.start + within);
        let [first, last] = self.graph.ends[chain as usize];
        let node = match along {
            0 => Some(first),
            a if a == self.graph.length[chain as usize] => Some(last),
            _ => None,
        };
        match node.and_then(|n| self.graph.stub(n)) {
            Some(stub) => ChainSpot { chain: stub, along: 0, leg: spot.leg },
            None => ChainSpot { chain, along, leg: spot.leg },
        }
    }
}

#[cfg(test)]
mod tests;
