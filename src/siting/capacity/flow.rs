//! Who goes where: people moved along chains of sites until nobody who is left can be taken in.

use super::super::model::Lists;

/// A flow from rows of people to open sites.
pub(super) struct Flow<'a> {
    rows: &'a Lists<u32>,
    /// For each row, how many go to each of its sites.
    to: Vec<Vec<i64>>,
    /// Room left at each site; none at closed ones.
    room: Vec<i64>,
    /// For each open site, the rows that reach it and the place of the site in their lists.
    of_site: Vec<Vec<(u32, u32)>>,
    left: Vec<i64>,
}

impl<'a> Flow<'a> {
    /// The most that can be served.
    pub fn most(rows: &'a Lists<u32>, weights: &[i64], capacity: &[i64], open: &[u32]) -> i64 {
        let mut room = vec![0; capacity.len()];
        let mut is_open = vec![false; capacity.len()];
        open.iter().for_each(|site| (room[*site as usize], is_open[*site as usize]) = (capacity[*site as usize], true));
        let mut of_site = vec![Vec::new(); capacity.len()];
        for (row, sites) in rows.iter().enumerate() {
            for (at, site) in sites.iter().enumerate().filter(|(_, site)| is_open[**site as usize]) {
                of_site[*site as usize].push((row as u32, at as u32));
            }
        }
        let to = rows.iter().map(|sites| vec![0; sites.len()]).collect();
        let mut flow = Self { rows, to, room, of_site, left: weights.to_vec() };
        // First come, first served; then by chains.
        for row in 0..rows.len() {
            for (at, site) in rows.get(row).iter().enumerate() {
                flow.send(row, at, *site, flow.left[row].min(flow.room[*site as usize]));
            }
        }
        for row in 0..rows.len() {
            while flow.left[row] > 0 && flow.chain(row) {}
        }
        weights.iter().zip(&flow.left).map(|(all, left)| all - left).sum()
    }

    fn send(&mut self, row: usize, at: usize, site: u32, people: i64) {
        self.to[row][at] += people;
        self.left[row] -= people;
        self.room[site as usize] -= people;
    }

    /// Finds a chain from a row to a site with room: each site on it hands people on to the next. Answers whether anybody moved.
    fn chain(&mut self, first: usize) -> bool {
        // How a site was come to: row and place in its list; for sites after the first, whom they push on.
        let mut from: Vec<Option<(u32, u32, Option<u32>)>> = vec![None; self.room.len()];
        let mut queue = std::collections::VecDeque::new();
        for (at, site) in self.rows.get(first).iter().enumerate() {
            if !self.of_site[*site as usize].is_empty() && from[*site as usize].is_none() {
                from[*site as usize] = Some((first as u32, at as u32, None));
                queue.push_back(*site);
            }
        }
        while let Some(site) = queue.pop_front() {
            if self.room[site as usize] > 0 {
                self.push_along(first, site, &from);
                return true;
            }
            for (row, at) in &self.of_site[site as usize] {
                if self.to[*row as usize][*at as usize] == 0 {
                    continue;
                }
                for (other, next) in self.rows.get(*row as usize).iter().enumerate() {
                    if from[*next as usize].is_none() && !self.of_site[*next as usize].is_empty() {
                        from[*next as usize] = Some((*row, other as u32, Some(site)));
                        queue.push_back(*next);
                    }
                }
            }
        }
        false
    }

    /// As many as the whole chain can move.
    fn push_along(&mut self, first: usize, end: u32, from: &[Option<(u32, u32, Option<u32>)>]) {
        let mut people = self.left[first].min(self.room[end as usize]);
        let place = |row: u32, site: u32| self.rows.get(row as usize).iter().position(|s| *s == site);
        let mut steps = Vec::new();
        let mut site = end;
        while let Some((row, at, before)) = from[site as usize] {
            let out = before.and_then(|before| place(row, before));
            if let Some(out) = out {
                people = people.min(self.to[row as usize][out]);
            }
            steps.push((row as usize, at as usize, out));
            match before {
                Some(before) => site = before,
                None => break,
            }
        }
        for (row, at, out) in steps {
            self.to[row][at] += people;
            if let Some(out) = out {
                self.to[row][out] -= people;
            }
        }
        self.left[first] -= people;
        self.room[end as usize] -= people;
    }
}
