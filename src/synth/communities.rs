//! Parcels → communities: neighbours of about equal size on one bank of the river, grouped into streets (街道) and townships (镇).

use super::dice::Dice;
use super::outline::{self, Outline};
use super::town::Town;

/// A community as a set of parcels.
#[derive(Debug, Clone, Default)]
pub(super) struct Unit {
    pub parcels: Vec<u32>,
    /// Group within the town: streets first, then townships.
    pub street: usize,
    pub village: bool,
    pub outline: Outline,
}

/// Sorts the parcels of a town into `urban` communities and its villages; also the number of streets.
pub(super) fn gather(town: &Town, urban: usize, villages: usize, dice: &mut Dice) -> (Vec<Unit>, usize) {
    let mut units: Vec<Unit> = Vec::with_capacity(urban + villages);
    let built: Vec<u32> = (0..town.parcels.len() as u32).filter(|&p| town.parcels[p as usize].village.is_none()).collect();
    let (west, east): (Vec<u32>, Vec<u32>) = built.into_iter().partition(|&p| town.parcels[p as usize].west);
    let weight = |set: &[u32]| set.iter().map(|&p| people(town, p)).sum::<f64>();
    let (weight_west, weight_east) = (weight(&west), weight(&east));
    let people_east = east.iter().map(|&p| town.parcels[p as usize].homes.len()).sum::<usize>();
    let share = (urban as f64 * weight_east / (weight_west + weight_east).max(1.0)).round() as usize;
    let on_east = if people_east < 60 || urban < 2 { 0 } else { share.clamp(1, urban - 1) };
    let mut streets = 0;
    if on_east == 0 {
        cut(town, west.into_iter().chain(east).collect(), urban, None, &mut streets, &mut units, dice);
    } else {
        cut(town, west, urban - on_east, None, &mut streets, &mut units, dice);
        cut(town, east, on_east, None, &mut streets, &mut units, dice);
    }
    let townships = villages.div_ceil(7);
    for village in 0..villages {
        let parcels = (0..town.parcels.len() as u32).filter(|&p| town.parcels[p as usize].village == Some(village as u32)).collect();
        units.push(Unit { parcels, street: streets + village * townships / villages, village: true, ..Unit::default() });
    }
    let rings: Vec<Vec<u32>> = town.parcels.iter().map(|p| town.fabric.ring(&p.face)).collect();
    heal(town, &rings, &mut units);
    for unit in &mut units {
        let own: Vec<Vec<u32>> = unit.parcels.iter().map(|&p| rings[p as usize].clone()).collect();
        unit.outline = outline::outline(&own, &town.fabric.places);
    }
    (units, streets)
}

/// Halves a set of parcels along its longer dimension until each part is one community.
fn cut(town: &Town, mut set: Vec<u32>, count: usize, street: Option<usize>, streets: &mut usize, units: &mut Vec<Unit>, dice: &mut Dice) {
    let street = street.or_else(|| {
        (count <= 6).then(|| {
            *streets += 1;
            *streets - 1
        })
    });
    if count <= 1 {
        units.push(Unit { parcels: set, street: street.unwrap_or(0), ..Unit::default() });
        return;
    }
    let at = |p: u32| town.parcels[p as usize].centre;
    let range = |of: &dyn Fn(u32) -> f64| {
        let (low, high) = set.iter().fold((f64::MAX, f64::MIN), |(l, h), &p| (l.min(of(p)), h.max(of(p))));
        high - low
    };
    let wide = range(&|p| at(p).x) >= range(&|p| at(p).y);
    let along = |p: u32| if wide { at(p).x } else { at(p).y };
    set.sort_by(|&a, &b| along(a).total_cmp(&along(b)).then(a.cmp(&b)));
    let homes = |set: &[u32]| set.iter().map(|&p| people(town, p)).sum::<f64>();
    let first = count / 2;
    let wanted = homes(&set) * first as f64 / count as f64 * dice.between(0.88, 1.12);
    let mut sum = 0.0;
    let mut split = 0;
    while split + (count - first) < set.len() && (split < first || sum + people(town, set[split]) / 2.0 < wanted) {
        sum += people(town, set[split]);
        split += 1;
    }
    let rest = set.split_off(split);
    cut(town, set, first, street, streets, units, dice);
    cut(town, rest, count - first, street, streets, units, dice);
}

/// Households of a parcel, and something for its ground.
fn people(town: &Town, parcel: u32) -> f64 {
    let p = &town.parcels[parcel as usize];
    town.homes[p.homes.clone()].iter().map(|h| f64::from(h.households)).sum::<f64>() + p.area / 2000.0
}

/// Gives pieces that a cut left behind to the neighbour they share the longest border with.
fn heal(town: &Town, rings: &[Vec<u32>], units: &mut [Unit]) {
    let mut borders: Vec<(u32, u32, u32)> = Vec::new();
    for (parcel, ring) in rings.iter().enumerate() {
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            borders.push((a.min(b), a.max(b), parcel as u32));
        }
    }
    borders.sort_unstable();
    let mut beside: Vec<Vec<(u32, f64)>> = vec![Vec::new(); rings.len()];
    for pair in borders.windows(2) {
        if (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1) {
            let length = town.fabric.places[pair[0].0 as usize].distance(town.fabric.places[pair[0].1 as usize]);
            beside[pair[0].2 as usize].push((pair[1].2, length));
            beside[pair[1].2 as usize].push((pair[0].2, length));
        }
    }
    let mut owner = vec![0usize; rings.len()];
    for (unit, of) in units.iter().enumerate() {
        of.parcels.iter().for_each(|&p| owner[p as usize] = unit);
    }
    for _ in 0..3 {
        let mut piece_of = vec![usize::MAX; rings.len()];
        let mut pieces: Vec<Vec<u32>> = Vec::new();
        for start in 0..rings.len() {
            if piece_of[start] != usize::MAX {
                continue;
            }
            let mut piece = vec![start as u32];
            piece_of[start] = pieces.len();
            let mut next = 0;
            while next < piece.len() {
                for &(other, _) in &beside[piece[next] as usize] {
                    if piece_of[other as usize] == usize::MAX && owner[other as usize] == owner[start] {
                        piece_of[other as usize] = pieces.len();
                        piece.push(other);
                    }
                }
                next += 1;
            }
            pieces.push(piece);
        }
        let weight = |piece: &[u32]| piece.iter().map(|&p| people(town, p)).sum::<f64>();
        let mut main = vec![usize::MAX; units.len()];
        for (index, piece) in pieces.iter().enumerate() {
            let unit = owner[piece[0] as usize];
            if main[unit] == usize::MAX || weight(piece) > weight(&pieces[main[unit]]) {
                main[unit] = index;
            }
        }
        for (index, piece) in pieces.iter().enumerate() {
            let unit = owner[piece[0] as usize];
            if main[unit] == index {
                continue;
            }
            let mut shared = vec![0.0; units.len()];
            for &p in piece {
                beside[p as usize].iter().for_each(|&(other, length)| shared[owner[other as usize]] += length);
            }
            shared[unit] = 0.0;
            let best = (0..units.len()).max_by(|&a, &b| shared[a].total_cmp(&shared[b]).then(b.cmp(&a)));
            if let Some(best) = best.filter(|&b| shared[b] > 0.0) {
                piece.iter().for_each(|&p| owner[p as usize] = best);
            }
        }
    }
    units.iter_mut().for_each(|unit| unit.parcels.clear());
    for (parcel, &unit) in owner.iter().enumerate() {
        units[unit].parcels.push(parcel as u32);
    }
}
