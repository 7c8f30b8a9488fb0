//! Which OpenStreetMap ways can be walked: `data/walkways/osm.toml`, read as written and compiled to comparisons of bytes.

use std::sync::LazyLock;

use serde::Deserialize;

use super::draft::{BACKWARD, BOTH, FORWARD};

/// The rules that come with careshed.
pub(crate) static OSM: LazyLock<Walkways> =
    LazyLock::new(|| Walkways::parse(include_str!("../../data/walkways/osm.toml")).expect("the built-in rules are tested"));

/// The rules, ready to be asked.
#[derive(Debug)]
pub(crate) struct Walkways {
    /// Tag keys the rules speak of.
    keys: Vec<String>,
    ways: Vec<Rule<(Walk, u8)>>,
    access: Vec<Rule<bool>>,
    oneway: (usize, Vec<String>, Vec<String>),
}

/// One line: the key's place in `keys`, its values, and what follows.
#[derive(Debug)]
struct Rule<T> {
    key: usize,
    is: Vec<String>,
    then: T,
}

/// What holds for a kind of way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Walk {
    /// Walked unless forbidden.
    Yes,
    /// Walked only where allowed.
    Allowed,
    /// Not walked.
    Never,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    way: Vec<WayLine>,
    access: Vec<AccessLine>,
    oneway: OnewayLine,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WayLine {
    tag: String,
    is: Vec<String>,
    walk: Walk,
    #[serde(default = "other")]
    class: u8,
    why: String,
}

/// The class of what a line does not class.
fn other() -> u8 {
    3
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessLine {
    tag: String,
    is: Vec<String>,
    allow: bool,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnewayLine {
    tag: String,
    forward: Vec<String>,
    backward: Vec<String>,
    why: String,
}

impl Walkways {
    /// Reads a rule file; the error says what is wrong with it.
    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        if file.schema != 1 {
            return Err(format!("schema {} is not known", file.schema));
        }
        let mut keys: Vec<String> = Vec::new();
        let mut key = |tag: String| {
            keys.iter().position(|k| *k == tag).unwrap_or_else(|| {
                keys.push(tag);
                keys.len() - 1
            })
        };
        if file.way.iter().any(|w| w.class > 3) {
            return Err("there are classes 0 to 3".to_owned());
        }
        let reasons = file.way.iter().map(|w| &w.why).chain(file.access.iter().map(|a| &a.why)).chain([&file.oneway.why]);
        if reasons.into_iter().any(|why| why.trim().is_empty()) {
            return Err("a line has no reason".to_owned());
        }
        let ways = file.way.into_iter().map(|w| Rule { key: key(w.tag), is: w.is, then: (w.walk, w.class) }).collect();
        let access = file.access.into_iter().map(|a| Rule { key: key(a.tag), is: a.is, then: a.allow }).collect();
        let oneway = (key(file.oneway.tag), file.oneway.forward, file.oneway.backward);
        Ok(Walkways { keys, ways, access, oneway })
    }

    /// How many keys the rules speak of.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// The place of a tag key, if the rules speak of it.
    pub fn key(&self, key: &[u8]) -> Option<usize> {
        self.keys.iter().position(|k| k.as_bytes() == key)
    }

    /// In which directions a way may be walked, and its class on maps; `None` if it may not. `tags` holds the value of each key, in the
    /// order of the keys.
    pub fn walk(&self, tags: &[Option<&[u8]>]) -> Option<(u8, u8)> {
        let (kind, class) = first(&self.ways, tags)?;
        let access = first(&self.access, tags);
        let walked = match kind {
            Walk::Never => false,
            Walk::Allowed => access == Some(true),
            Walk::Yes => access != Some(false),
        };
        if !walked {
            return None;
        }
        let (key, forward, backward) = &self.oneway;
        let has = |values: &[String]| tags[*key].is_some_and(|v| values.iter().any(|x| x.as_bytes() == v));
        let directions = match (has(forward), has(backward)) {
            (true, _) => FORWARD,
            (_, true) => BACKWARD,
            _ => BOTH,
        };
        Some((directions, class))
    }
}

/// What the first fitting line says.
fn first<T: Copy>(rules: &[Rule<T>], tags: &[Option<&[u8]>]) -> Option<T> {
    rules.iter().find(|r| tags[r.key].is_some_and(|v| r.is.iter().any(|x| x.as_bytes() == v))).map(|r| r.then)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `walk("highway=steps foot=no")`
    fn walk(text: &str) -> Option<u8> {
        let mut tags = vec![None; OSM.key_count()];
        for (k, v) in text.split(' ').filter_map(|t| t.split_once('=')) {
            if let Some(i) = OSM.key(k.as_bytes()) {
                tags[i] = Some(v.as_bytes());
            }
        }
        OSM.walk(&tags).map(|w| w.0)
    }

    #[test]
    fn people_walk_on_streets_paths_and_steps() {
        for way in ["footway", "path", "steps", "pedestrian", "residential", "service", "primary", "trunk", "cycleway", "track"] {
            assert_eq!(walk(&format!("highway={way}")), Some(BOTH), "{way}");
        }
        assert_eq!(walk("highway=footway covered=yes tunnel=yes area=yes"), Some(BOTH));
    }

    #[test]
    fn motorways_and_closed_ways_are_not_walked() {
        for way in ["motorway", "motorway_link", "construction", "proposed", "raceway", "corridor", "unheard_of"] {
            assert_eq!(walk(&format!("highway={way}")), None, "{way}");
        }
        assert_eq!(walk("highway=trunk motorroad=yes"), None);
        assert_eq!(walk("highway=service access=private"), None);
        assert_eq!(walk("highway=service access=no"), None);
        assert_eq!(walk("highway=residential foot=no"), None);
        assert_eq!(walk("highway=primary foot=use_sidepath"), None);
        assert_eq!(walk("building=yes foot=yes"), None);
    }

    #[test]
    fn foot_beats_access_and_opens_what_is_closed_to_vehicles() {
        assert_eq!(walk("highway=service access=private foot=yes"), Some(BOTH));
        assert_eq!(walk("highway=motorway foot=yes"), Some(BOTH));
        assert_eq!(walk("highway=residential access=yes foot=no"), None);
        assert_eq!(walk("highway=construction foot=yes"), None);
    }

    #[test]
    fn only_oneway_foot_binds_walkers() {
        assert_eq!(walk("highway=residential oneway=yes"), Some(BOTH));
        assert_eq!(walk("highway=steps oneway:foot=yes"), Some(FORWARD));
        assert_eq!(walk("highway=steps oneway:foot=-1"), Some(BACKWARD));
        assert_eq!(walk("highway=steps oneway:foot=no"), Some(BOTH));
    }

    #[test]
    fn a_line_without_a_reason_is_refused() {
        let text = include_str!("../../data/walkways/osm.toml").replace("an iron ladder on a rock face", " ");
        assert!(Walkways::parse(&text).is_err());
    }
}
