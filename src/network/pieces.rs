//! Connected pieces: a street that leads nowhere else is a drawing mistake more often than a place where people walk.

use super::draft::Draft;
use crate::units::Millimetres;

/// Which edges belong to pieces that are kept, and what was cut off.
#[derive(Debug, Clone)]
pub(crate) struct Pieces {
    /// For each edge.
    pub kept: Vec<bool>,
    /// Number of pieces kept.
    pub kept_pieces: u32,
    /// Number of pieces cut off.
    pub cut_pieces: u32,
    /// Street length cut off.
    pub cut_length: Millimetres,
}

/// Keeps the pieces with at least `minimum` of street. One-way streets join as others do.
pub(crate) fn weigh(draft: &Draft, minimum: Millimetres) -> Pieces {
    let mut pieces = roots(draft);
    let mut length = vec![0u64; draft.nodes as usize];
    for (edge, piece) in pieces.iter().enumerate() {
        length[*piece as usize] += u64::from(draft.length[edge]);
    }
    let kept: Vec<bool> = pieces.iter().map(|p| length[*p as usize] >= minimum.0).collect();
    let mut result = Pieces { kept, kept_pieces: 0, cut_pieces: 0, cut_length: Millimetres(0) };
    pieces.sort_unstable();
    pieces.dedup();
    for piece in pieces {
        if length[piece as usize] >= minimum.0 {
            result.kept_pieces += 1;
        } else {
            result.cut_pieces += 1;
            result.cut_length.0 += length[piece as usize];
        }
    }
    result
}

/// For each edge the lowest node of its piece.
pub(crate) fn roots(draft: &Draft) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..draft.nodes).collect();
    for &[a, b] in &draft.ends {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        // The lower node wins, so that the result does not depend on anything but the drawing.
        parent[a.max(b) as usize] = a.min(b);
    }
    draft.ends.iter().map(|ends| root(&mut parent, ends[0])).collect()
}

/// The root of a node, halving the path on the way.
fn root(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        parent[node as usize] = parent[parent[node as usize] as usize];
        node = parent[node as usize];
    }
    node
}
