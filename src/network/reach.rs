//! The reach table: which demand points lie within the farthest limit of which site, and how far.
//!
//! It is computed once; coverage, ranking, the norm in reach, the matrix and the page all read it. Sparse, in compressed rows both
//! ways. Distances are whole millimetres along the whole walk, straight legs included.

use crate::units::Millimetres;

/// Site ↔ demand point pairs within the farthest limit.
#[derive(Debug, Clone, Default)]
pub struct ReachTable {
    /// `rows[s]..rows[s + 1]` are the pairs of site `s`.
    rows: Vec<usize>,
    /// Demand point of each pair, ascending within a site.
    points: Vec<u32>,
    /// Walking distance of each pair, mm.
    millimetres: Vec<u32>,
    /// `columns[p]..columns[p + 1]` are the pairs of point `p`, in `by_point`.
    columns: Vec<usize>,
    /// Pair numbers grouped by point, sites ascending.
    by_point: Vec<u32>,
    /// Site of each entry of `by_point`.
    sites: Vec<u32>,
    /// Whether a site has a spot on the network (false: its reach is unknown, not empty).
    site_known: Vec<bool>,
    /// Whether a point has one (false: unknown, never uncovered).
    point_known: Vec<bool>,
    /// The farthest distance searched.
    limit: Millimetres,
}

impl ReachTable {
    /// Assembles the table from each site's pairs, which must be sorted by point.
    pub fn new(pairs: Vec<Vec<(u32, u32)>>, site_known: Vec<bool>, point_known: Vec<bool>, limit: Millimetres) -> Self {
        let total: usize = pairs.iter().map(Vec::len).sum();
        let mut table = ReachTable {
            rows: Vec::with_capacity(pairs.len() + 1),
            points: Vec::with_capacity(total),
            millimetres: Vec::with_capacity(total),
            columns: vec![0; point_known.len() + 1],
            by_point: vec![0; total],
            sites: vec![0; total],
            site_known,
            point_known,
            limit,
        };
        table.rows.push(0);
        for row in pairs {
            for (point, mm) in row {
                table.columns[point as usize + 1] += 1;
                table.points.push(point);
                table.millimetres.push(mm);
            }
            table.rows.push(table.points.len());
        }
        for p in 1..table.columns.len() {
            table.columns[p] += table.columns[p - 1];
        }
        let mut next = table.columns.clone();
        for site in 0..table.rows.len() - 1 {
            for pair in table.rows[site]..table.rows[site + 1] {
                let slot = &mut next[table.points[pair] as usize];
                table.by_point[*slot] = pair as u32;
                table.sites[*slot] = site as u32;
                *slot += 1;
            }
        }
        table
    }

    /// Number of sites (facilities first, then candidates).
    pub fn site_count(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Number of demand points.
    pub fn point_count(&self) -> usize {
        self.point_known.len()
    }

    /// `(demand point, distance)` of a site, points ascending.
    pub fn of_site(&self, site: usize) -> impl ExactSizeIterator<Item = (usize, Millimetres)> + '_ {
        let range = self.rows[site]..self.rows[site + 1];
        self.points[range.clone()].iter().zip(&self.millimetres[range]).map(|(p, mm)| (*p as usize, Millimetres(u64::from(*mm))))
    }

    /// `(site, distance)` of a demand point, sites ascending.
    pub fn of_point(&self, point: usize) -> impl ExactSizeIterator<Item = (usize, Millimetres)> + '_ {
        let range = self.columns[point]..self.columns[point + 1];
        let pairs = &self.by_point[range.clone()];
        self.sites[range].iter().zip(pairs).map(|(s, pair)| (*s as usize, Millimetres(u64::from(self.millimetres[*pair as usize]))))
    }

    /// Whether the site has a spot on the network.
    pub fn site_known(&self, site: usize) -> bool {
        self.site_known[site]
    }

    /// Whether the point has one.
    pub fn point_known(&self, point: usize) -> bool {
        self.point_known[point]
    }

    /// The farthest distance searched; nothing can be said beyond it.
    pub fn limit(&self) -> Millimetres {
        self.limit
    }
}
