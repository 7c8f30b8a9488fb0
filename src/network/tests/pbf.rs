//! OpenStreetMap files, written here byte by byte: whole ones, ones in odd order, torn ones and ones that are something else.

use super::*;

/// A message of the protocol-buffer wire format, field after field.
#[derive(Default, Clone)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    fn int(mut self, field: u64, n: u64) -> Self {
        self.varint(field << 3);
        self.varint(n);
        self
    }

    fn signed(self, field: u64, n: i64) -> Self {
        self.int(field, (n << 1 ^ n >> 63) as u64)
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    fn packed(self, field: u64, numbers: impl IntoIterator<Item = u64>) -> Self {
        let mut list = Message::default();
        numbers.into_iter().for_each(|n| list.varint(n));
        self.bytes(field, &list.0)
    }
}

/// A blob with its header, uncompressed.
fn blob(kind: &str, content: &Message) -> Vec<u8> {
    let body = Message::default().bytes(1, &content.0);
    let head = Message::default().bytes(1, kind.as_bytes()).int(3, body.0.len() as u64);
    [&(head.0.len() as u32).to_be_bytes()[..], &head.0, &body.0].concat()
}

fn header(sorted: bool) -> Vec<u8> {
    let head = Message::default().bytes(4, b"OsmSchema-V0.6");
    blob("OSMHeader", &if sorted { head.bytes(5, b"Sort.Type_then_ID") } else { head })
}

/// Nodes as `(id, metres east, metres north)`.
fn nodes(nodes: &[(i64, f64, f64)]) -> Vec<u8> {
    let group = nodes.iter().fold(Message::default(), |group, (id, x, y)| {
        let p = at(*x, *y);
        let unit = |degrees: f64| (degrees * 1e7).round() as i64;
        group.bytes(1, &Message::default().signed(1, *id).signed(8, unit(p.lat)).signed(9, unit(p.lon)).0)
    });
    blob("OSMData", &Message::default().bytes(1, &[]).bytes(2, &group.0))
}

/// Ways as node ids and `key=value` tags.
fn ways(ways: &[(&[i64], &str)]) -> Vec<u8> {
    let mut strings = vec![String::new()];
    let mut group = Message::default();
    for (i, (refs, tags)) in ways.iter().enumerate() {
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for (k, v) in tags.split(' ').filter_map(|t| t.split_once('=')) {
            strings.extend([k.to_owned(), v.to_owned()]);
            keys.push(strings.len() as u64 - 2);
            values.push(strings.len() as u64 - 1);
        }
        let steps = refs.iter().scan(0, |last, id| {
            let step = id - std::mem::replace(last, *id);
            Some((step << 1 ^ step >> 63) as u64)
        });
        let way = Message::default().int(1, i as u64 + 1).packed(2, keys).packed(3, values).packed(8, steps);
        group = group.bytes(3, &way.0);
    }
    let table = strings.iter().fold(Message::default(), |table, s| table.bytes(1, s.as_bytes()));
    blob("OSMData", &Message::default().bytes(1, &table.0).bytes(2, &group.0))
}

/// Reads bytes as a file of that name.
fn read(name: &str, bytes: &[u8]) -> (Option<Draft>, Vec<&'static str>) {
    let folder = tempfile::tempdir().unwrap();
    let input = Input { path: folder.path().join(name), shown: name.to_owned(), ..Input::default() };
    std::fs::write(&input.path, bytes).unwrap();
    let mut problems = Problems::default();
    let draft = osm::read(&[&input], &mut problems);
    (draft, codes(&problems))
}

const NODES: [(i64, f64, f64); 7] =
    [(1, 0.0, 0.0), (2, 100.0, 0.0), (3, 200.0, 0.0), (4, 100.0, 100.0), (5, 100.0, 200.0), (6, 0.0, 100.0), (7, 0.0, 200.0)];

// ```text
//  7        5
//  │        ║ motorway
//  6   99   4        99: beyond the edge of the extract
//           │
//  1 ────── 2 ────── 3
// ```
const WAYS: [(&[i64], &str); 4] = [
    (&[1, 2, 2, 3], "name=长街 highway=footway"),
    (&[4, 2], "highway=residential oneway=yes"),
    (&[4, 5], "highway=motorway"),
    (&[7, 6, 99, 4], "highway=service"),
];

fn town() -> Vec<u8> {
    [header(true), nodes(&NODES), ways(&WAYS)].concat()
}

#[test]
fn ways_are_cut_where_they_meet_and_where_the_extract_ends() {
    let (draft, problems) = read("town.osm.pbf", &town());
    let draft = draft.unwrap();
    assert!(problems.is_empty());
    assert_eq!(draft.ends, [[0, 1], [1, 2], [3, 1], [4, 5]]);
    assert_eq!(draft.class, [3, 3, 2, 3]);
    assert!(draft.ways.iter().all(|w| *w == draft::BOTH));
    // Seven decimals of a degree are a centimetre.
    assert!(draft.length.iter().all(|mm| mm.abs_diff(100_000) < 20), "{:?}", draft.length);
}

#[test]
fn the_order_of_blobs_changes_nothing_but_the_order_of_edges() {
    let plain = read("a.pbf", &town()).0.unwrap();
    let files = [
        [header(false), nodes(&NODES), ways(&WAYS)].concat(),
        [header(false), ways(&WAYS), nodes(&NODES[3..]), nodes(&NODES[..3])].concat(),
        [header(true), nodes(&NODES[..2]), nodes(&NODES[2..6]), nodes(&NODES[6..]), ways(&WAYS[..1]), ways(&WAYS[1..])].concat(),
    ];
    for file in files {
        let other = read("b.osm.PBF", &file).0.unwrap();
        assert_eq!((&plain.ends, &plain.length, &plain.vertices), (&other.ends, &other.length, &other.vertices));
    }
}

#[test]
fn one_way_stairs_bind_walkers_who_go_to_the_site() {
    // 1 ─→ 2 ─→ 3, and the street back: 3 ── 4 ── 1.
    let stairs: [(&[i64], &str); 2] = [(&[1, 2, 3], "highway=steps oneway:foot=yes"), (&[3, 4, 1], "highway=path")];
    let draft = read("a.pbf", &[header(true), nodes(&NODES), ways(&stairs)].concat()).0.unwrap();
    let network = Network::build(draft, Millimetres(0));
    let spots = network.snap_all(&[at(50.0, 0.0), at(150.0, 0.0)].map(Some), Millimetres(1000));
    let far = reach::build(&network, &spots, &spots, Millimetres(10_000_000));
    // Up is the short way; down one walks on to the end and round.
    assert!(far.of_site(1).next().unwrap().1.0.abs_diff(100_000) < 30);
    assert!(far.of_site(0).nth(1).unwrap().1.0.abs_diff(50_000 + 141_421 * 2 + 50_000) < 60);
}

#[test]
fn a_torn_file_is_called_torn_wherever_it_is_torn() {
    let whole = town();
    let borders = [header(true).len(), header(true).len() + nodes(&NODES).len()];
    for cut in 1..whole.len() {
        let (draft, problems) = read("a.pbf", &whole[..cut]);
        assert!(draft.is_none(), "{cut}");
        match cut {
            cut if borders.contains(&cut) => assert_eq!(problems, ["E-NO-WAYS"], "{cut}"),
            cut if cut < 15 => assert_eq!(problems, ["E-FORMAT"], "{cut}"),
            _ => assert_eq!(problems, ["E-TRUNCATED"], "{cut}"),
        }
    }
}

#[test]
fn damaged_bytes_never_bring_the_program_down() {
    let whole = town();
    for at in 0..whole.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            let (draft, problems) = read("a.pbf", &bytes);
            assert!(draft.is_some() || !problems.is_empty());
        }
    }
}

#[test]
fn what_is_no_pbf_is_not_read_as_one() {
    assert_eq!(read("a.osm.pbf", br#"{"type": "FeatureCollection", "features": []}"#).1, ["E-FORMAT"]);
    assert_eq!(read("a.pbf", b"").1, ["E-EMPTY"]);
    let nothing_to_walk = [header(true), nodes(&NODES), ways(&WAYS[2..3])].concat();
    assert_eq!(read("a.pbf", &nothing_to_walk).1, ["E-NO-WAYS"]);
    let only_beyond = [header(true), nodes(&NODES), ways(&[(&[98, 99], "highway=path")])].concat();
    assert_eq!(read("a.pbf", &only_beyond).1, ["E-NO-WAYS"]);
    let mut problems = Problems::default();
    let missing = Input { path: "nowhere.pbf".into(), shown: "nowhere.pbf".to_owned(), ..Input::default() };
    assert!(osm::read(&[&missing], &mut problems).is_none());
    assert_eq!(codes(&problems), ["E-FILE"]);
}

#[test]
fn coordinates_in_a_unit_beyond_all_numbers_are_refused_or_nowhere() {
    // Found by a fuzzer: the granularity of a block makes the product of its nodes overflow.
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/overflow.osm.pbf");
    let input = Input { path, shown: "overflow.osm.pbf".into(), ..Input::default() };
    let mut problems = Problems::default();
    let draft = osm::read(&[&input], &mut problems);
    // Where overflow goes unnoticed the nodes lie off the earth, or the file is seen to be damaged elsewhere.
    assert!(draft.is_some() || problems.has_errors());
    assert!(!cfg!(debug_assertions) || codes(&problems).contains(&"E-FORMAT"), "{problems:?}");
}
