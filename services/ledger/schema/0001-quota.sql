-- What was used and reserved of every plan. All units are whole numbers; instants are milliseconds since the
-- epoch where they are compared with a caller's clock, timestamptz where only people and upkeep read them.
create schema if not exists socle;

-- Its row is the one lock of a platform's counters: writers of one platform queue up, so nothing can deadlock.
create table socle.quota_platform (
  platform text primary key,
  paused_until bigint not null default 0
);

create table socle.quota_counter (
  id bigint generated always as identity primary key,
  platform text not null,
  meter text not null,
  limit_id text not null,
  period text not null,
  ends_at timestamptz,
  keep_until timestamptz,
  used bigint not null default 0,
  -- held for calls under way, and for calls of processes that died: nobody knows whether those left
  held bigint not null default 0,
  -- handed to processes in blocks, not yet reported as used
  leased bigint not null default 0,
  -- counted by the vendor and not by us
  elsewhere bigint not null default 0,
  warned smallint not null default 0,
  recalled_at timestamptz,
  -- two marks of the total, the older one at least a look-back old: the pace
  past_at bigint not null,
  past_units bigint not null default 0,
  recent_at bigint not null,
  recent_units bigint not null default 0,
  unique (platform, meter, limit_id, period)
);
create index on socle.quota_counter (keep_until);

-- The sliding log of a rolling window, exact to the millisecond of the caller's clock.
create table socle.quota_slot (
  counter_id bigint not null references socle.quota_counter on delete cascade,
  at_ms bigint not null,
  used bigint not null default 0,
  held bigint not null default 0,
  primary key (counter_id, at_ms)
);

-- Keys of a distinct meter, as digests: who they are is nobody's business here.
create table socle.quota_key (
  counter_id bigint not null references socle.quota_counter on delete cascade,
  digest text not null,
  holders integer not null,
  settled boolean not null default false,
  primary key (counter_id, digest)
);

create function socle.quota_prune(p_now bigint) returns void language sql as $$
  delete from socle.quota_counter where keep_until < to_timestamp(p_now / 1000.0);
$$;
