//! Ids of millions of points: one text and where each id ends, instead of an allocation for each.

/// Ids in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    /// Adds one at the end.
    pub fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Memory they take.
    pub fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>()
    }

    /// The id at a place.
    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        Some(&self.text[start..end])
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| &self.text[std::mem::replace(&mut start, *end)..*end])
    }

    /// Whether each is longer than the one before, or as long and later in the order of bytes: then none comes twice.
    pub fn ascend(&self) -> bool {
        self.iter().zip(self.iter().skip(1)).all(|(a, b)| (a.len(), a) < (b.len(), b))
    }
}

impl<'a> Extend<&'a str> for Ids {
    fn extend<T: IntoIterator<Item = &'a str>>(&mut self, ids: T) {
        ids.into_iter().for_each(|id| self.push(id));
    }
}

impl<'a> FromIterator<&'a str> for Ids {
    fn from_iter<T: IntoIterator<Item = &'a str>>(ids: T) -> Self {
        let mut all = Ids::default();
        all.extend(ids);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_went_in() {
        let ids: Ids = ["楼1", "", "楼10"].into_iter().collect();
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["楼1", "", "楼10"]);
        assert_eq!((ids.get(0), ids.get(1), ids.get(2), ids.get(3)), (Some("楼1"), Some(""), Some("楼10"), None));
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn ascending_ids_are_told_from_repeated_ones() {
        let ascend = |ids: &[&str]| ids.iter().copied().collect::<Ids>().ascend();
        assert!(ascend(&["B9", "B10", "B11"]));
        assert!(!ascend(&["B9", "B10", "B10"]));
        assert!(!ascend(&["B10", "B9"]));
        assert!(!ascend(&["", ""]), "two without an id");
        assert!(ascend(&[]));
    }
}
