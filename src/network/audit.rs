//! What is wrong with the streets themselves: pieces, and ends of streets that stop just short of another one.
//!
//! ```text
//!   ────────────A  ·3 m·  │        A ends three metres from a street to which it leads only by a long way round: probably a gap in the
//!                         │        drawing, perhaps a wall. It is proposed as a join and never joined.
//! ```

use rayon::prelude::*;

use super::draft::{BACKWARD, Draft, FORWARD};
use super::search::{ChainSpot, FAR, Search, Searches};
use super::tree::Tree;
use super::{NONE, Network, Spot, pieces};
use crate::space::LonLat;
use crate::units::Millimetres;

/// A street that ends this near to another one is worth a look (ours).
pub const NEAR: Millimetres = Millimetres(5_000);
/// A join that saves less walking than this is not proposed: the pavement that ends beside its own street, for one (ours).
pub const LEAST_GAIN: Millimetres = Millimetres(50_000);
/// How far the way round is followed; a longer one is only known to be longer.
pub const LOOKED: Millimetres = Millimetres(1_000_000);

/// A connected piece of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Street length.
    pub length: Millimetres,
    /// Number of edges.
    pub edges: u32,
    /// Whether it is long enough to be kept.
    pub kept: bool,
}

/// What contraction forgets: which piece each edge belongs to, and where streets end.
#[derive(Debug, Clone)]
pub struct Topology {
    /// Longest first; of equal ones that of the first edge first.
    pub pieces: Vec<Piece>,
    /// For each edge its piece.
    piece_of: Vec<u32>,
    /// Nodes at the ends of each edge.
    ends: Vec<[u32; 2]>,
    /// Streets that end where no other begins: `(node, edge, whether at its last vertex)`, by node.
    loose: Vec<(u32, u32, bool)>,
}

/// What a join would bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gain {
    /// So much less to walk from one side to the other.
    Saves(Millimetres),
    /// The way round is longer than anybody looked ([`LOOKED`]).
    FarRound,
    /// No way leads across now: a piece with so much street would be joined to a longer one.
    Joins(Millimetres),
}

/// The end of a street near another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LooseEnd {
    /// Where the street ends.
    pub end: LonLat,
    /// The nearest spot of the other street.
    pub spot: LonLat,
    /// Between them, in a straight line.
    pub gap: Millimetres,
    /// What a join would bring.
    pub gain: Gain,
}

impl Topology {
    /// Taken before chains are contracted. `kept` tells of each edge whether its piece is kept.
    pub(crate) fn of(draft: &Draft, kept: &[bool]) -> Topology {
        let roots = pieces::roots(draft);
        // Pieces by the node that stands for them, in the order of their first edges.
        let mut number = vec![NONE; draft.nodes as usize];
        let mut found: Vec<Piece> = Vec::new();
        let mut piece_of = Vec::with_capacity(draft.len());
        for (edge, root) in roots.iter().enumerate() {
            let piece = &mut number[*root as usize];
            if *piece == NONE {
                *piece = found.len() as u32;
                found.push(Piece { length: Millimetres(0), edges: 0, kept: kept[edge] });
            }
            let of = &mut found[*piece as usize];
            of.length.0 += u64::from(draft.length[edge]);
            of.edges += 1;
            piece_of.push(*piece);
        }
        let mut order: Vec<u32> = (0..found.len() as u32).collect();
        order.sort_by_key(|p| std::cmp::Reverse(found[*p as usize].length));
        let mut place = vec![0; found.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old as usize] = new as u32);
        piece_of.iter_mut().for_each(|p| *p = place[*p as usize]);
        let pieces = order.iter().map(|p| found[*p as usize]).collect();

        let mut degree = vec![0u8; draft.nodes as usize];
        draft.ends.iter().flatten().for_each(|node| degree[*node as usize] = degree[*node as usize].saturating_add(1));
        let ends_of = |(edge, ends): (usize, &[u32; 2])| [(ends[0], edge as u32, false), (ends[1], edge as u32, true)];
        let mut loose: Vec<(u32, u32, bool)> =
            draft.ends.iter().enumerate().flat_map(ends_of).filter(|(node, ..)| degree[*node as usize] == 1).collect();
        loose.sort_unstable();
        Topology { pieces, piece_of, ends: draft.ends.clone(), loose }
    }

    /// The piece of an edge, as an index into [`Topology::pieces`].
    pub fn piece_of(&self, edge: u32) -> u32 {
        self.piece_of[edge as usize]
    }

    /// The edges of the pieces for which `wanted` holds, in input order.
    pub fn edges_of(&self, wanted: impl Fn(u32) -> bool) -> impl Iterator<Item = (u32, u32)> {
        self.piece_of.iter().enumerate().filter(move |(_, piece)| wanted(**piece)).map(|(edge, piece)| (*piece, edge as u32))
    }

    /// How many streets end where no other begins.
    pub fn dead_ends(&self) -> usize {
        self.loose.len()
    }

    /// Ends of streets within [`NEAR`] of another street that they do not touch, where a join would bring [`LEAST_GAIN`] or more, in
    /// the order of the file. Two ends that face each other are one. Of several streets near by, the nearest that brings so much.
    pub fn loose_ends(&self, network: &Network) -> Vec<LooseEnd> {
        // The network's own tree knows kept streets only.
        let left: Vec<bool> = self.piece_of.iter().map(|piece| !self.pieces[*piece as usize].kept).collect();
        let cut = Tree::new(&network.vertices, &network.first, &left);
        let searches = Searches::new(network.graph.nodes());
        let found: Vec<Option<(u32, u32, LooseEnd)>> = self
            .loose
            .par_chunks(256)
            .flat_map_iter(|ends| {
                searches.lend(|search| ends.iter().map(|end| self.loose_end(network, &cut, search, *end)).collect::<Vec<_>>())
            })
            .collect();
        let mut found: Vec<(u32, u32, LooseEnd)> = found.into_iter().flatten().collect();
        // Of two that face each other, the one of the lower node says it.
        let facing: Vec<(u32, u32)> = {
            let mut pairs: Vec<_> = found.iter().map(|(node, other, _)| (*node, *other)).collect();
            pairs.sort_unstable();
            pairs
        };
        found.retain(|(node, other, _)| node < other || facing.binary_search(&(*other, *node)).is_err());
        found.into_iter().map(|(_, _, end)| end).collect()
    }

    /// The node, the node at the other side if the spot is one, and what there is to say.
    fn loose_end(&self, network: &Network, cut: &Tree, search: &mut Search, at: (u32, u32, bool)) -> Option<(u32, u32, LooseEnd)> {
        let (node, edge, at_last) = at;
        let line = network.line(edge);
        let end = if at_last { line[line.len() - 1] } else { line[0] };
        let mut spots = network.spots_within(&network.tree, end, NEAR);
        spots.extend(network.spots_within(cut, end, NEAR));
        spots.retain(|s| s.edge != edge);
        spots.sort_unstable_by_key(|s| (s.leg, s.edge));
        let own = self.piece_of(edge);
        let mut searched = false;
        for spot in spots {
            let other = self.piece_of(spot.edge);
            let gain = if own != other {
                let shorter = own.max(other);
                Gain::Joins(self.pieces[shorter as usize].length)
            } else if !self.pieces[own as usize].kept {
                continue;
            } else {
                if !searched {
                    let along = if at_last { network.length[edge as usize] } else { 0 };
                    search.run(&network.graph, network.on_chain(Spot { edge, along, leg: 0 }), LOOKED.0 as u32);
                    searched = true;
                }
                match walk_to(network, search, network.on_chain(Spot { leg: 0, ..spot })) {
                    None => Gain::FarRound,
                    Some(walk) if walk >= u64::from(spot.leg) + LEAST_GAIN.0 => Gain::Saves(Millimetres(walk - u64::from(spot.leg))),
                    Some(_) => continue,
                }
            };
            let beyond = match spot.along {
                0 => self.ends[spot.edge as usize][0],
                along if along == network.length[spot.edge as usize] => self.ends[spot.edge as usize][1],
                _ => NONE,
            };
            return Some((node, beyond, LooseEnd { end, spot: network.place_of(spot), gap: spot.leg(), gain }));
        }
        None
    }
}

/// The walk from a spot to where `search` started, as far as it looked.
fn walk_to(network: &Network, search: &Search, spot: ChainSpot) -> Option<u64> {
    let graph = &network.graph;
    let ([first, last], length, ways) =
        (graph.ends[spot.chain as usize], graph.length[spot.chain as usize], graph.ways[spot.chain as usize]);
    let by = |node: u32, along: u32, may: bool| {
        let there = search.distance(node);
        (there != FAR && (may || along == 0)).then(|| u64::from(there) + u64::from(along))
    };
    let walks = [by(first, spot.along, ways & BACKWARD != 0), by(last, length - spot.along, ways & FORWARD != 0)];
    walks.into_iter().flatten().min().filter(|walk| *walk <= LOOKED.0)
}

impl Network {
    /// The nearest kept street of a place, sought wider and wider: its spot, or `None` where there is no street within 3.2 km. Farther than
    /// that, how far is no longer the question, and a million such places would make the answer long in coming.
    pub fn snap_far(&self, place: LonLat) -> Option<Spot> {
        [200_000, 800_000, 3_200_000].into_iter().find_map(|radius| self.snap(place, Millimetres(radius)))
    }
}
