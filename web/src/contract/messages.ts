/**
 * The public messages and their subjects, made from docs/asyncapi.yaml: `npm run contract` writes this file.
 */

export type ClassId = number;
export type RaceId = number;
export type RacerId = number;
/** Counted from the rider's own start. */
export type OwnSecond = number;
/** Milliseconds since 1970, UTC. */
export type Time = number;
export type Count = number;
/** Of the class's owner: drop what has a lower one than was seen. */
export type Epoch = number;
/** At most four decimals. */
export type Score = number;
/** 1..64 bytes of UTF-8; empty where none was ever sent. */
export type Name = string;
/** null: not ranked, or not known. */
export type Rank = number | null;
export type RefusalReason =
  | 'too_big'
  | 'bad_json'
  | 'missing_field'
  | 'bad_number'
  | 'bad_second'
  | 'bad_cadence'
  | 'bad_resistance'
  | 'bad_name'
  | 'bad_subject'
  | 'identity_mismatch'
  | 'unknown_class'
  | 'bad_race'
  | 'too_early'
  | 'too_late'
  | 'busy'
  | 'not_stored'
  | 'duplicate'
  | 'conflict'
  | 'other_ride'
  | 'race_full'
  | 'out_of_time';
/**
 * Where the next page begins: `next` of an answer, to be sent as `after`, with the rest of the question as it was. Opaque; at
 * most 1,024 bytes.
 */
export type Cursor = string;
/**
 * Names of the fields that rows shall have; all others stay away. Of `racer` those of `rides`, and `bests` and `records`. An
 * answer to such a question lacks fields that are always there otherwise.
 *
 *
 * @minItems 1
 * @maxItems 32
 */
export type Fields = string[];
/** UTC days, by the start of the race's window. */
export type Period = 'all' | 'today' | '7d' | '30d';
export type EditKind = 'rename' | 'hide' | 'forget' | 'exclude' | 'clear';
/**
 * complete: nobody can start any more and all have ridden all their seconds, so the ranking is most likely final; it is from
 * finalAt on. A second that comes late sets it back to running.
 */
export type RaceState = 'running' | 'complete' | 'closed';
/** By own second, from 1 on; null where there is none. */
export type Scores = (number | null)[];
export type Event = RaceOpened | RaceClosed | Record | NodeCameOrLeft | OwnerChanged | Fenced | PeerRefused;

/** One message of one second, as every bike sends it. */
export interface Update {
  /** Both count alike. */
  event: 'update' | 'final';
  deviceTimestamp: Time;
  second: OwnSecond;
  raceId: RaceId;
  name?: Name;
  racerId: RacerId;
  classId: ClassId;
  /** rpm, at most one decimal. */
  cadence: number;
  /** %, at most one decimal. */
  resistance: number;
  /** W, from bikes that measure it. */
  power?: number;
  /** Beats a minute. */
  heartRate?: number;
  /** Asks for the personal view where it is not published to all. */
  view?: boolean;
}
export interface Stored {
  ok: true;
  /** Its position in the journal of its class. */
  seq: number;
  ts: Time;
}
export interface Refused {
  ok: false;
  error: RefusalReason;
  /** For people; may change. */
  message: string;
  /** Whether sending it again may help. */
  retry: boolean;
  ts: Time;
}
export interface Batch {
  /** @maxItems 1000 */
  updates: Update[];
}
export interface BatchAnswer {
  /** Whether all of it is stored. */
  ok: boolean;
  stored: Count;
  /** The position of the last one that was stored. */
  seq?: number;
  refused: {
    index: number;
    error: RefusalReason;
    message: string;
    retry: boolean;
  }[];
  ts: Time;
}
export interface GhostChoice {
  classId: ClassId;
  raceId?: RaceId;
  /** `leader`, `median`, `rank-N`, a racer's id, or null for none. */
  ghost: string | number | null;
}
export interface GhostChosen {
  ok: true;
  classId: ClassId;
  raceId: RaceId;
  racerId: RacerId;
  ghost: {
    kind: string;
    racerId: number | null;
    name: string | null;
    total: Score;
  } | null;
}
export interface PageQuestion {
  limit?: number;
  offset?: number;
  /** This racer in the middle of the page. */
  around?: RacerId;
  after?: Cursor;
  fields?: Fields;
}
export interface LeaderboardQuestion {
  limit?: number;
  offset?: number;
  around?: RacerId;
  period?: Period & string;
  after?: Cursor;
  fields?: Fields;
}
export interface RacesQuestion {
  limit?: number;
  /** The last race of the page before. */
  before?: RaceId;
  after?: Cursor;
  fields?: Fields;
}
export interface RaceQuestion {
  limit?: number;
  /** An own second, or `half`: the furthest that half of those riding have reached. */
  second?: OwnSecond | 'half';
  after?: Cursor;
  fields?: Fields;
}
export interface RideQuestion {
  limit?: number;
  after?: Cursor;
  fields?: Fields;
}
export interface SearchQuestion {
  text: string;
  limit?: number;
  after?: Cursor;
  fields?: Fields;
}
export interface CorrectionQuestion {
  /** Who asks, at most 64 bytes. */
  by?: string;
}
export interface RenameQuestion {
  name: Name;
  by?: string;
}
export interface AuditQuestion {
  limit?: number;
  /** The last `seq` of the page before. */
  before?: number;
  after?: Cursor;
  fields?: Fields;
}
export interface RaceKey {
  classId: ClassId;
  raceId: RaceId;
}
export interface Corrected {
  ok: true;
  /** The number of the correction. */
  seq: number;
  edit: EditKind;
  racerId: RacerId;
  /** false: stored, but this node needs longer. */
  applied: boolean;
  name?: Name;
  classId?: ClassId;
  raceId?: RaceId;
  /** Races in which somebody moved. */
  resultsChanged?: RaceKey[];
  /** What of a forgotten rider is gone. */
  removed?: {
    name: boolean;
    rides: RaceKey[];
    bests: Count;
    corrections: Count;
  };
  /** Messages removed from streams, and results written anew; null: within a minute. */
  streams?: {
    rides: Count;
    results: Count;
    bests: Count;
    corrections: Count;
  } | null;
  /** Until when these may still have something of a forgotten rider. */
  agesOut?: {
    journal: Time;
    deadLetters: Time;
  };
}
export interface AuditRow {
  seq: number;
  at: Time;
  edit: EditKind;
  racerId: RacerId;
  /** null: forgotten. */
  name?: string | null;
  classId?: ClassId;
  raceId?: RaceId;
  by: string | null;
}
export interface AuditPage {
  next?: Cursor;
  rows: AuditRow[];
}
export interface ErrorAnswer {
  error: {
    code:
      | 'unknown_query'
      | 'bad_request'
      | 'bad_second'
      | 'bad_name'
      | 'unknown_class'
      | 'unknown_race'
      | 'unknown_racer'
      | 'unknown_ride'
      | 'unknown_ghost'
      | 'not_riding'
      | 'busy'
      | 'not_ready'
      | 'no_owner'
      | 'unknown_node'
      | 'expired_cursor'
      | 'timeout'
      | 'store_failed'
      | 'internal';
    /** For people; may change. */
    message: string;
  };
}
export interface OpenRace {
  raceId: RaceId;
  racers: Count;
  /** Riders who reported within the last two seconds. */
  live: number;
  /** The furthest own second. */
  second: number;
}
export interface Rules {
  windowSeconds: number;
  rideSeconds: number;
  graceSeconds: number;
  capacity: number;
  minPercent: number;
  admit: 'live' | 'any';
}
export interface Now {
  ts: Time;
  /** Of the window that is open. */
  raceId: RaceId;
  windowStart: Time;
  windowEnd: Time;
  classes: {
    classId: ClassId;
    races: OpenRace[];
  }[];
  rules: Rules;
}
/** A class. */
export interface Course {
  classId: ClassId;
  name: string;
  difficulty: number;
  score: 'total' | 'output';
}
export interface Classes {
  rows: Course[];
}
export interface LeaderboardRow {
  rank: number;
  racerId: RacerId;
  name: Name;
  total: Score;
  raceId: RaceId;
  /** When the record's race was closed. */
  at: Time;
}
export interface Leaderboard {
  classId: ClassId;
  epoch: Epoch;
  ts: Time;
  /** How many riders are ranked in all. */
  of: number;
  next?: Cursor;
  rows: LeaderboardRow[];
}
export interface ScoreRow {
  rank: Rank;
  racerId: RacerId;
  name: Name;
  score: Score;
}
export interface AllTimePage {
  classId: ClassId;
  second: OwnSecond;
  of: Count;
  next?: Cursor;
  rows: ScoreRow[];
}
export interface RaceSummary {
  raceId: RaceId;
  closed: Time;
  racers: Count;
  finished: Count;
  winner: {
    racerId: RacerId;
    name: Name;
    total: Score;
  } | null;
}
export interface RaceList {
  classId: ClassId;
  next?: Cursor;
  rows: RaceSummary[];
}
export interface StandingRow {
  /** By score at each ride's latest second; null for who did not finish a closed race. */
  rank: Rank;
  /** At the rider's own second, among the rides that have reached it. */
  hereNowRank: Rank;
  racerId: RacerId;
  name: Name;
  /** The ride's furthest second. */
  second: number;
  /** How many of its seconds arrived. */
  seconds: number;
  output: Score;
  total: Score;
  finished: boolean;
  allTimeRank: Rank;
  /** The table did not answer in time. */
  allTimeStale?: true;
  /** Counts for nothing, by a correction. */
  excluded?: true;
}
export interface Standings {
  classId: ClassId;
  raceId: RaceId;
  epoch: Epoch;
  /** The last position of the journal in it. */
  asOf: number;
  ts: Time;
  state: RaceState;
  /** With `complete`. */
  finalAt?: Time;
  /** The furthest own second of the race; or the one that was asked for. */
  second: number;
  racers: Count;
  /** How many rides have reached that second. */
  reported: number;
  finished: Count;
  /** Of an open race at one second: among how many its all-time ranks are; 1 where the class has no history. */
  allTimeOf?: number;
  next?: Cursor;
  rows: StandingRow[];
}
export interface Person {
  racerId: RacerId;
  name: Name;
}
export interface People {
  /** How many there are in all. */
  of: number;
  next?: Cursor;
  rows: Person[];
}
export interface Racer {
  racerId: RacerId;
  name: Name;
  bests: {
    classId: ClassId;
    scores: Scores;
  }[];
  records: {
    classId: ClassId;
    total: Score;
    raceId: RaceId;
    at: Time;
  }[];
  next?: Cursor;
  rides: {
    classId: ClassId;
    raceId: RaceId;
    closed: Time;
    rank: Rank;
    finished: boolean;
    second: OwnSecond;
    seconds: Count;
    total: Score;
  }[];
}
export interface RideSecond {
  second: OwnSecond;
  /** null with the next two: this second did not arrive. */
  cadence: number | null;
  resistance: number | null;
  output: number | null;
  total: Score;
  hereNowRank: Rank;
  allTimeRank: Rank;
  power?: number;
  heartRate?: number;
}
export interface Ride {
  classId: ClassId;
  raceId: RaceId;
  racerId: RacerId;
  name: Name;
  /** When its first second began. */
  start: Time;
  closed: Time;
  rank: Rank;
  finished: boolean;
  excluded: boolean;
  second: OwnSecond;
  seconds: Count;
  total: Score;
  next?: Cursor;
  rows: RideSecond[];
}
export interface GhostCurve {
  classId: ClassId;
  /** `leader`, `median`, `rank-N` or `racer`. */
  kind: string;
  /** null, as the next three, for the median. */
  racerId: number | null;
  name: string | null;
  raceId: number | null;
  at: number | null;
  scores: Scores;
}
export interface Node {
  name: string;
  /** The number of its start. */
  incarnation: number;
  /** Where other nodes reach it. */
  address: string;
  state: 'live' | 'unfit' | 'draining' | 'dead';
  ready: boolean;
  version: string;
  since: Time;
  classes: Count;
  races: Count;
  riders: Count;
}
export interface Ownership {
  classId: ClassId;
  owner: string | null;
  epoch: Epoch;
  since: number | null;
  /** Whether the owner says that it serves the class. */
  ready: boolean;
  /** The longest time from an update's storing to its counting within the last second. */
  lagMs: number | null;
}
export interface Cluster {
  nodes: Node[];
  classes: Ownership[];
}
export interface Done {
  ok: true;
}
export interface ViewTable {
  rank: Rank;
  of: Count;
  /** The table did not answer in time. */
  stale?: true;
  rows: ScoreRow[];
}
export interface ViewGhost {
  /** `leader`, `median`, `rank-N` or `racer`. */
  kind: string;
  /** null for the median. */
  racerId: number | null;
  total: Score;
  /** The rider's score minus the ghost's at this second. */
  delta: number;
}
export interface ViewBest {
  total: number | null;
  delta: number | null;
  newBest: boolean;
}
/** What one rider sees of the second they are in. */
export interface View {
  classId: ClassId;
  raceId: RaceId;
  racerId: RacerId;
  second: number;
  output: Score;
  total: Score;
  epoch: Epoch;
  asOf: Count;
  ts: Time;
  hereNow: ViewTable;
  allTime: ViewTable;
  best: ViewBest | null;
  ghost: ViewGhost | null;
  /** @maxItems 20 */
  missing: OwnSecond[];
  /** How many updates were refused, by reason. */
  refused: {
    [k: string]: number;
  };
}
export interface RaceOpened {
  event: 'race_opened';
  ts: Time;
  classId: ClassId;
  raceId: RaceId;
  epoch: Epoch;
}
export interface RaceClosed {
  event: 'race_closed';
  ts: Time;
  classId: ClassId;
  raceId: RaceId;
  epoch: Epoch;
  racers: Count;
  finished: Count;
}
export interface Record {
  event: 'record';
  ts: Time;
  classId: ClassId;
  raceId: RaceId;
  racerId: RacerId;
  name: Name;
  total: Score;
}
export interface NodeCameOrLeft {
  event: 'joined' | 'left';
  ts: Time;
  node: string;
}
export interface OwnerChanged {
  event: 'took_over' | 'handed_over' | 'owner_changed';
  ts: Time;
  classId: ClassId;
  epoch: Epoch;
  node: string;
  /** Whose it was; empty for nobody's. */
  before: string;
}
export interface Fenced {
  event: 'fenced';
  ts: Time;
  classId: ClassId;
  epoch: Epoch;
  node: string;
}
export interface PeerRefused {
  event: 'peer_refused';
  ts: Time;
  node: string;
  peer: string;
  address: string;
  reason: string;
}
export interface DeadLetter {
  ts: Time;
  subject: string;
  error: RefusalReason;
  bytes: Count;
  excerpt: string;
}

/** What is said on a subject. */
export type Said = [
  [`alleycat.update.${string}.${string}`, Update],
  [`alleycat.batch.${string}`, Batch],
  [`alleycat.racer.${string}.ghost`, GhostChoice],
  [`alleycat.query.now`, object],
  [`alleycat.query.classes`, object],
  [`alleycat.query.leaderboard.${string}`, LeaderboardQuestion],
  [`alleycat.query.alltime.${string}.${string}`, PageQuestion],
  [`alleycat.query.races.${string}`, RacesQuestion],
  [`alleycat.query.race.${string}.${string}`, RaceQuestion],
  [`alleycat.query.search`, SearchQuestion],
  [`alleycat.query.racer.${string}`, PageQuestion],
  [`alleycat.query.ride.${string}.${string}.${string}`, RideQuestion],
  [`alleycat.query.ghost.${string}.${string}`, object],
  [`alleycat.query.cluster`, object],
  [`alleycat.query.drain.${string}`, object],
  [`alleycat.query.rename.${string}`, RenameQuestion],
  [`alleycat.query.hide.${string}`, CorrectionQuestion],
  [`alleycat.query.forget.${string}`, CorrectionQuestion],
  [`alleycat.query.exclude.${string}.${string}.${string}`, CorrectionQuestion],
  [`alleycat.query.clear.${string}`, CorrectionQuestion],
  [`alleycat.query.audit`, AuditQuestion],
  [`alleycat.racer.${string}.view`, View],
  [`alleycat.race.${string}.${string}.standings`, Standings],
  [`alleycat.race.${string}.${string}.top`, Standings],
  [`alleycat.race.${string}.${string}.result`, Standings],
  [`alleycat.class.${string}.leaderboard`, Leaderboard],
  [`alleycat.event.${string}`, Event],
  [`alleycat.result.${string}.${string}`, Standings],
  [`alleycat.deadletter.${string}`, DeadLetter],
];

/** What answers a request on a subject, when there is no error. */
export type Answered = [
  [`alleycat.update.${string}.${string}`, Stored | Refused],
  [`alleycat.batch.${string}`, BatchAnswer],
  [`alleycat.racer.${string}.ghost`, GhostChosen],
  [`alleycat.query.now`, Now],
  [`alleycat.query.classes`, Classes],
  [`alleycat.query.leaderboard.${string}`, Leaderboard],
  [`alleycat.query.alltime.${string}.${string}`, AllTimePage],
  [`alleycat.query.races.${string}`, RaceList],
  [`alleycat.query.race.${string}.${string}`, Standings],
  [`alleycat.query.search`, People],
  [`alleycat.query.racer.${string}`, Racer],
  [`alleycat.query.ride.${string}.${string}.${string}`, Ride],
  [`alleycat.query.ghost.${string}.${string}`, GhostCurve],
  [`alleycat.query.cluster`, Cluster],
  [`alleycat.query.drain.${string}`, Done],
  [`alleycat.query.rename.${string}`, Corrected],
  [`alleycat.query.hide.${string}`, Corrected],
  [`alleycat.query.forget.${string}`, Corrected],
  [`alleycat.query.exclude.${string}.${string}.${string}`, Corrected],
  [`alleycat.query.clear.${string}`, Corrected],
  [`alleycat.query.audit`, AuditPage],
];
