//! Just enough of well-known text to recognise what it speaks of: the root's name and code, and single parameters.

/// The outermost horizontal system of a text.
pub struct Root<'a> {
    /// From its keyword to its closing bracket.
    pub text: &'a str,
    /// The first quoted word.
    pub name: &'a str,
    /// `AUTHORITY["EPSG","…"]` or `ID["EPSG",…]` of the root itself, not of its parts.
    pub epsg: Option<u32>,
    /// GEOGCS, GEOGCRS, GEODCRS.
    pub is_geographic: bool,
}

const HORIZONTAL: [&str; 8] = ["PROJCS", "PROJCRS", "PROJECTEDCRS", "GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS"];

impl<'a> Root<'a> {
    /// `None` for text that is no WKT of a horizontal system; a compound or bound system answers with its horizontal part.
    pub fn of(text: &'a str) -> Option<Root<'a>> {
        let (start, keyword) = first_horizontal(text)?;
        let body = &text[start..];
        let end = closing(body)?;
        let body = &body[..end];
        let name = body.split('"').nth(1)?;
        Some(Root { text: body, name, epsg: own_code(body), is_geographic: keyword.starts_with("GEO") })
    }
}

/// Where the first keyword of a horizontal system stands, followed by a bracket.
fn first_horizontal(text: &str) -> Option<(usize, &'static str)> {
    let upper = text.to_ascii_uppercase();
    HORIZONTAL
        .iter()
        .filter_map(|keyword| {
            upper.match_indices(keyword).find_map(|(at, _)| {
                let starts = !upper[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '"');
                let opens = upper[at + keyword.len()..].trim_start().starts_with(['[', '(']);
                (starts && opens).then_some((at, *keyword))
            })
        })
        .min()
}

/// Calls `each` with depth and byte position of every bracket, comma and letter outside quotes, until it answers false.
fn outside_quotes(text: &str, mut each: impl FnMut(usize, usize, u8) -> bool) {
    let (mut depth, mut quoted) = (0usize, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => continue,
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !each(at, depth, byte) {
            return;
        }
    }
}

/// The end of the first bracketed term.
fn closing(text: &str) -> Option<usize> {
    let mut end = None;
    outside_quotes(text, |at, depth, byte| {
        if depth == 0 && matches!(byte, b']' | b')') {
            end = Some(at + 1);
        }
        end.is_none()
    });
    end
}

/// The EPSG code that is a direct child of the root.
fn own_code(text: &str) -> Option<u32> {
    let mut code = None;
    outside_quotes(text, |at, depth, byte| {
        if depth == 2 && matches!(byte, b'[' | b'(') {
            let before = text[..at].trim_end().to_ascii_uppercase();
            if before.ends_with("AUTHORITY") || before.ends_with("ID") {
                let mut parts = text[at + 1..].split([',', ']', ')']).map(|p| p.trim().trim_matches('"'));
                if parts.next().is_some_and(|p| p.eq_ignore_ascii_case("EPSG")) {
                    code = parts.next().and_then(|p| p.parse().ok());
                }
            }
        }
        true
    });
    code
}

/// The value of `PARAMETER["name",value]`, by its WKT1 or WKT2 name.
fn parameter(text: &str, names: [&str; 2]) -> Option<f64> {
    let upper = text.to_ascii_uppercase();
    upper.match_indices("PARAMETER").find_map(|(at, word)| {
        let rest = upper[at + word.len()..].trim_start().strip_prefix(['[', '('])?.trim_start().strip_prefix('"')?;
        let (name, rest) = rest.split_once('"')?;
        let name = name.replace([' ', '-'], "_");
        if !names.contains(&name.as_str()) {
            return None;
        }
        rest.trim_start().strip_prefix(',')?.split([',', ']', ')']).next()?.trim().parse().ok()
    })
}

/// Whether meridian and false easting written in the text are those of the code.
pub fn agrees(text: &str, code: u32) -> bool {
    let Some(definition) = u16::try_from(code).ok().and_then(crs_definitions::from_code) else { return false };
    let pairs = [["CENTRAL_MERIDIAN", "LONGITUDE_OF_NATURAL_ORIGIN"], ["FALSE_EASTING", "FALSE_EASTING"], ["SCALE_FACTOR", "SCALE_FACTOR_AT_NATURAL_ORIGIN"]];
    pairs.into_iter().all(|names| match (parameter(text, names), parameter(definition.wkt, names)) {
        (Some(written), Some(meant)) => (written - meant).abs() < 1e-6,
        _ => true,
    })
}

/// Whether a PROJ definition of degrees stands on WGS 84, GRS 80 or CGCS2000: to be taken as WGS 84.
pub fn has_modern_datum(definition: &str) -> bool {
    let on_modern_ellipsoid = definition.contains("+a=6378137 ") || definition.contains("+a=6378137.0 ") || definition.contains("+a=6378137.000 ");
    let shifted = definition.split("+towgs84=").nth(1).is_some_and(|s| s.split([',', ' ']).take(7).any(|n| n.parse::<f64>().is_ok_and(|v| v != 0.0)));
    on_modern_ellipsoid && !shifted && !definition.contains("+pm=")
}
