//! Places in metres around the middle of the province, and what lies between them.

/// Metres east and north of the middle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Place {
    pub x: f64,
    pub y: f64,
}

impl Place {
    pub fn new(x: f64, y: f64) -> Self {
        Place { x, y }
    }

    pub fn distance(self, to: Place) -> f64 {
        let (dx, dy) = (to.x - self.x, to.y - self.y);
        (dx * dx + dy * dy).sqrt()
    }

    /// The place at `part` of the way.
    pub fn towards(self, to: Place, part: f64) -> Place {
        Place { x: self.x + (to.x - self.x) * part, y: self.y + (to.y - self.y) * part }
    }

    /// Moved `metres` to the left of somebody who looks from `a` to `b`.
    pub fn beside(self, a: Place, b: Place, metres: f64) -> Place {
        let length = a.distance(b).max(0.001);
        Place { x: self.x - (b.y - a.y) / length * metres, y: self.y + (b.x - a.x) / length * metres }
    }

    /// Twice the signed area of the triangle with the middle.
    pub fn cross(self, next: Place) -> f64 {
        self.x * next.y - next.x * self.y
    }

    /// Longitude and latitude in ten-millionths of a degree: what OSM stores (about 1 cm), and every file of the city the same.
    ///
    /// One scale for the whole province; 130 km from the middle streets are 1.5 % longer or shorter than drawn here.
    pub fn degrees(self) -> Degrees {
        Degrees { lon: 1_129_000_000 + (self.x * 111.320_2).round() as i64, lat: 362_000_000 + (self.y * 90.090_1).round() as i64 }
    }
}

/// Whether two lines cross or touch anywhere but at places that both have as a corner.
pub(super) fn cross(one: &[Place], other: &[Place]) -> bool {
    let turn = |a: Place, b: Place, c: Place| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    one.windows(2).any(|s| {
        other.windows(2).any(|t| {
            let ([a, b], [c, d]) = ([s[0], s[1]], [t[0], t[1]]);
            let shared = a == c || a == d || b == c || b == d;
            !shared && turn(a, b, c) * turn(a, b, d) <= 0.0 && turn(c, d, a) * turn(c, d, b) <= 0.0
        })
    })
}

/// Whether a place lies inside a ring.
pub(super) fn inside(at: Place, ring: &[Place]) -> bool {
    let mut inside = false;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        if (a.y > at.y) != (b.y > at.y) && at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
    }
    inside
}

/// Ten-millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Degrees {
    pub lon: i64,
    pub lat: i64,
}

/// What kind of way, by its OSM `highway` value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Primary,
    Secondary,
    Tertiary,
    Unclassified,
    Residential,
    Lane,
    Service,
    Footway,
}

impl Class {
    /// The OSM `highway` value, and the `class` of the road lines.
    pub fn word(self) -> &'static str {
        match self {
            Class::Primary => "primary",
            Class::Secondary => "secondary",
            Class::Tertiary => "tertiary",
            Class::Unclassified => "unclassified",
            Class::Residential => "residential",
            Class::Lane => "living_street",
            Class::Service => "service",
            Class::Footway => "footway",
        }
    }
}

/// A path inside a block.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    pub corners: Vec<u32>,
    pub class: Class,
}

/// A face seen as a square: `u` from west to east, `v` from south to north, its bent edges followed (a Coons patch).
pub(super) struct Patch {
    edges: [Line; 4],
}

/// A line that knows how far along each of its corners lies.
struct Line {
    places: Vec<Place>,
    along: Vec<f64>,
}

impl Line {
    fn new(places: Vec<Place>) -> Self {
        let mut along = vec![0.0];
        for w in places.windows(2) {
            along.push(along[along.len() - 1] + w[0].distance(w[1]));
        }
        Line { places, along }
    }

    fn length(&self) -> f64 {
        self.along[self.along.len() - 1]
    }

    fn at(&self, part: f64) -> Place {
        let wanted = part * self.length();
        let after = self.along.iter().position(|&a| a > wanted).unwrap_or(self.along.len() - 1).max(1);
        let (start, end) = (self.along[after - 1], self.along[after]);
        let part = if end > start { (wanted - start) / (end - start) } else { 0.0 };
        self.places[after - 1].towards(self.places[after], part)
    }
}

impl Patch {
    /// From the places along the south, east, north and west edge, counter-clockwise.
    pub fn new(edges: [Vec<Place>; 4]) -> Self {
        Patch { edges: edges.map(Line::new) }
    }

    /// Mean metres from west to east.
    pub fn width(&self) -> f64 {
        (self.edges[0].length() + self.edges[2].length()) / 2.0
    }

    /// Mean metres from south to north.
    pub fn height(&self) -> f64 {
        (self.edges[1].length() + self.edges[3].length()) / 2.0
    }

    /// The place at `u`, `v` of the unit square.
    pub fn at(&self, u: f64, v: f64) -> Place {
        let [south, east, north, west] = &self.edges;
        let (s, n, w, e) = (south.at(u), north.at(1.0 - u), west.at(1.0 - v), east.at(v));
        let (a, b, c, d) = (south.places[0], east.places[0], north.places[0], west.places[0]);
        let mix = |s: f64, n: f64, w: f64, e: f64, a: f64, b: f64, c: f64, d: f64| {
            (1.0 - v) * s + v * n + (1.0 - u) * w + u * e - ((1.0 - u) * (1.0 - v) * a + u * (1.0 - v) * b + u * v * c + (1.0 - u) * v * d)
        };
        Place { x: mix(s.x, n.x, w.x, e.x, a.x, b.x, c.x, d.x), y: mix(s.y, n.y, w.y, e.y, a.y, b.y, c.y, d.y) }
    }
}
