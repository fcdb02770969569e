-- Applies a batch of one platform in order and atomically. Each `reserve` takes all of its units or none.
--
-- p_counters: [{meter, limit, period, endsAt, keepUntil, startsMs, max, rollingMs, paceMs, warns}]
-- p_ops, with c = index into p_counters:
--   {do: "reserve", at, needs: [[c, units, digests|null]]}   → true | {refused: c, used, resetsMs} | {wait: c} | {paused: ms}
--   {do: "adjust", deltas: [[c, used, held, leased, at|null]]} → true; held 0 on a rolling window: units never reserved
--   {do: "keys", c, digests, settled}                        → true
--   {do: "lease", wants: [[c, units, margin]]}               → [units granted]
--   {do: "observe", c, remaining, at}                        → true
--   {do: "pause", until}                                     → true
-- Returns {results, free: [units], warnings: [{c, level, used}], pausedUntil}.
create function socle.quota_apply(p_platform text, p_now bigint, p_counters jsonb, p_ops jsonb)
returns jsonb language plpgsql as $$
<<batch>>
declare
  paused bigint; stored record; op jsonb; need jsonb; verdict jsonb; results jsonb[] := '{}'; warnings jsonb[] := '{}';
  ids bigint[] := '{}'; maxima bigint[] := '{}'; rolling bigint[] := '{}'; pruned bigint[] := '{}';
  used bigint[] := '{}'; held bigint[] := '{}'; leased bigint[] := '{}'; elsewhere bigint[] := '{}';
  total bigint[] := '{}'; recalled timestamptz[] := '{}'; warned smallint[] := '{}'; free bigint[] := '{}';
  paces bigint[] := '{}'; needs jsonb; grants bigint[]; i int; j int; n bigint; instant bigint;
  gone_used bigint; gone_held bigint; level smallint;
begin
  loop
    select paused_until into paused from socle.quota_platform where platform = p_platform for update;
    exit when found;
    insert into socle.quota_platform (platform) values (p_platform) on conflict do nothing;
  end loop;

  -- a counter is made by the first call of its turn: looked for again then, in the order of p_counters
  if exists (
    select from jsonb_array_elements(p_counters) as e(c)
    where not exists (
      select from socle.quota_counter q where q.platform = p_platform
        and q.meter = c->>'meter' and q.limit_id = c->>'limit' and q.period = c->>'period')
  ) then
    insert into socle.quota_counter (platform, meter, limit_id, period, ends_at, keep_until, past_at, recent_at)
    select p_platform, c.meter, c."limit", c.period, c."endsAt", c."keepUntil", c."startsMs", c."startsMs"
    from jsonb_to_recordset(p_counters) as c(
      meter text, "limit" text, period text, "endsAt" timestamptz, "keepUntil" timestamptz, "startsMs" bigint)
    on conflict do nothing;
  end if;

  for stored in
    select q.*, (c->>'max')::bigint as max, (c->>'rollingMs')::bigint as rolling_ms, (c->>'paceMs')::bigint as pace_ms
    from jsonb_array_elements(p_counters) with ordinality as e(c, ord)
    join socle.quota_counter q on q.platform = p_platform
      and q.meter = c->>'meter' and q.limit_id = c->>'limit' and q.period = c->>'period'
    order by ord
  loop
    ids := ids || stored.id; maxima := maxima || stored.max; rolling := rolling || stored.rolling_ms; pruned := pruned || 0::bigint;
    paces := paces || stored.pace_ms;
    used := used || stored.used; held := held || stored.held; leased := leased || stored.leased;
    elsewhere := elsewhere || stored.elsewhere; recalled := recalled || stored.recalled_at; warned := warned || stored.warned;
    total := total || (stored.used + stored.held + stored.leased + stored.elsewhere);
  end loop;

  for op in select value from jsonb_array_elements(p_ops) loop
    verdict := 'true';
    instant := (op->>'at')::bigint;

    -- a rolling window forgets what is older than its length at this very call
    if op->>'do' in ('reserve', 'observe') then
      needs := coalesce(op->'needs', jsonb_build_array(jsonb_build_array(op->'c')));
      for j in 0 .. jsonb_array_length(needs) - 1 loop
        i := (needs->j->>0)::int + 1;
        continue when rolling[i] is null or instant - rolling[i] <= pruned[i];
        pruned[i] := instant - rolling[i];
        with gone as (
          delete from socle.quota_slot s where s.counter_id = ids[i] and s.at_ms <= pruned[i] returning s.used, s.held)
        select coalesce(sum(gone.used), 0), coalesce(sum(gone.held), 0) into gone_used, gone_held from gone;
        used[i] := used[i] - gone_used; held[i] := held[i] - gone_held;
        total[i] := total[i] - gone_used - gone_held;
        if total[i] * 100 < maxima[i] * 80 then warned[i] := 0; end if;
      end loop;
    end if;

    case op->>'do'
    when 'reserve' then
      if instant < paused then
        verdict := jsonb_build_object('paused', paused);
      else
        for j in 0 .. jsonb_array_length(op->'needs') - 1 loop
          need := op->'needs'->j;
          i := (need->>0)::int + 1;
          n := (need->>1)::bigint;
          if jsonb_typeof(need->2) = 'array' then
            select count(*) into n from jsonb_array_elements_text(need->2) as d(digest)
            where not exists (
              select from socle.quota_key k where k.counter_id = ids[i] and k.digest = d.digest);
            continue when n = 0;
          end if;
          continue when total[i] + n <= maxima[i];
          if leased[i] > 0 and total[i] - leased[i] + n <= maxima[i]
            and coalesce(recalled[i] > clock_timestamp() - interval '1 second', true) then
            -- unused units may be lying with other processes: they get a second to give them back
            if recalled[i] is null then
              recalled[i] := clock_timestamp();
              perform pg_notify('socle_quota', jsonb_build_object(
                'platform', p_platform, 'recall', p_counters->(i - 1))::text);
            end if;
            verdict := jsonb_build_object('wait', i - 1);
          else
            verdict := jsonb_build_object('refused', i - 1, 'used', total[i], 'resetsMs', (
              select s.at_ms + rolling[i] from (
                select at_ms, sum(l.used + l.held) over (order by at_ms) as freed
                from socle.quota_slot l where l.counter_id = ids[i]) s
              where rolling[i] is not null and s.freed >= total[i] + n - maxima[i] order by s.at_ms limit 1));
          end if;
          exit;
        end loop;
        if verdict = 'true' then
          for j in 0 .. jsonb_array_length(op->'needs') - 1 loop
            need := op->'needs'->j;
            i := (need->>0)::int + 1;
            n := (need->>1)::bigint;
            if jsonb_typeof(need->2) = 'array' then
              with added as (
                insert into socle.quota_key as k (counter_id, digest, holders)
                select ids[i], d.digest, 1 from jsonb_array_elements_text(need->2) as d(digest)
                on conflict (counter_id, digest) do update set holders = k.holders + 1
                returning k.holders = 1 and not k.settled as is_new)
              select count(*) into n from added where is_new;
            elsif rolling[i] is not null then
              insert into socle.quota_slot as s (counter_id, at_ms, held) values (ids[i], instant, n)
              on conflict (counter_id, at_ms) do update set held = s.held + n;
            end if;
            held[i] := held[i] + n;
            total[i] := total[i] + n;
          end loop;
        end if;
      end if;

    when 'adjust' then
      for j in 0 .. jsonb_array_length(op->'deltas') - 1 loop
        need := op->'deltas'->j;
        i := (need->>0)::int + 1;
        if rolling[i] is not null then
          if (need->>2)::bigint = 0 then
            insert into socle.quota_slot as s (counter_id, at_ms, used)
            values (ids[i], (need->>4)::bigint, (need->>1)::bigint)
            on conflict (counter_id, at_ms) do update set used = s.used + excluded.used;
          else
            update socle.quota_slot s set used = s.used + (need->>1)::bigint, held = s.held + (need->>2)::bigint
            where s.counter_id = ids[i] and s.at_ms = (need->>4)::bigint;
            continue when not found; -- slid out of the window already
          end if;
        end if;
        used[i] := used[i] + (need->>1)::bigint;
        held[i] := greatest(0, held[i] + (need->>2)::bigint);
        leased[i] := greatest(0, leased[i] + (need->>3)::bigint);
        total[i] := used[i] + held[i] + leased[i] + elsewhere[i];
      end loop;

    when 'keys' then
      i := (op->>'c')::int + 1;
      with touched as (
        update socle.quota_key k set holders = k.holders - 1
        where k.counter_id = ids[i] and k.digest in (select jsonb_array_elements_text(op->'digests'))
        returning k.digest, k.holders, k.settled)
      select count(*) filter (where not settled), count(*) filter (where not settled and holders <= 0)
      into gone_used, gone_held from touched;
      if (op->>'settled')::boolean then
        update socle.quota_key k set settled = true
        where k.counter_id = ids[i] and not k.settled and k.digest in (select jsonb_array_elements_text(op->'digests'));
        used[i] := used[i] + gone_used; held[i] := held[i] - gone_used;
      else
        delete from socle.quota_key k
        where k.counter_id = ids[i] and not k.settled and k.holders <= 0
          and k.digest in (select jsonb_array_elements_text(op->'digests'));
        held[i] := held[i] - gone_held; total[i] := total[i] - gone_held;
      end if;

    when 'lease' then
      grants := '{}';
      for j in 0 .. jsonb_array_length(op->'wants') - 1 loop
        need := op->'wants'->j;
        i := (need->>0)::int + 1;
        n := (need->>1)::bigint;
        if recalled[i] is not null or total[i] + n + (need->>2)::bigint > maxima[i] then n := 0; end if;
        leased[i] := leased[i] + n;
        total[i] := total[i] + n;
        grants := grants || n;
      end loop;
      verdict := to_jsonb(grants);

    when 'observe' then
      i := (op->>'c')::int + 1;
      n := maxima[i] - total[i] - (op->>'remaining')::bigint;
      if n > 0 then
        if rolling[i] is not null then
          insert into socle.quota_slot as s (counter_id, at_ms, used) values (ids[i], instant, n)
          on conflict (counter_id, at_ms) do update set used = s.used + n;
          used[i] := used[i] + n;
        else
          elsewhere[i] := elsewhere[i] + n;
        end if;
        total[i] := total[i] + n;
        if leased[i] > 0 and total[i] >= maxima[i] and recalled[i] is null then
          recalled[i] := clock_timestamp();
          perform pg_notify('socle_quota', jsonb_build_object(
            'platform', p_platform, 'recall', p_counters->(i - 1))::text);
        end if;
      end if;

    when 'pause' then
      if (op->>'until')::bigint > paused then
        paused := (op->>'until')::bigint;
        update socle.quota_platform set paused_until = paused where platform = p_platform;
        perform pg_notify('socle_quota', jsonb_build_object('platform', p_platform, 'pausedUntil', paused)::text);
      end if;
    end case;
    results := results || verdict;
  end loop;

  for i in 1 .. coalesce(cardinality(ids), 0) loop
    free := free || (maxima[i] - total[i]);
    if maxima[i] > 0 and (p_counters->(i - 1)->>'warns')::boolean then
      foreach level in array '{80, 95}'::smallint[] loop
        if warned[i] < level and total[i] * 100 >= maxima[i] * level then
          warned[i] := level;
          warnings := warnings || jsonb_build_object('c', i - 1, 'level', level, 'used', total[i]);
        end if;
      end loop;
    end if;
  end loop;

  update socle.quota_counter q
  set used = b.used, held = b.held, leased = b.leased, elsewhere = b.elsewhere,
    warned = b.warned, recalled_at = b.recalled,
    past_at = case when p_now - q.recent_at >= b.pace then q.recent_at else q.past_at end,
    past_units = case when p_now - q.recent_at >= b.pace then q.recent_units else q.past_units end,
    recent_at = case when p_now - q.recent_at >= b.pace then p_now else q.recent_at end,
    recent_units = case when p_now - q.recent_at >= b.pace
      then q.used + q.held + q.leased + q.elsewhere else q.recent_units end
  from unnest(batch.ids, batch.used, batch.held, batch.leased, batch.elsewhere, batch.warned, batch.recalled, batch.paces)
    as b(id, used, held, leased, elsewhere, warned, recalled, pace)
  where q.id = b.id;

  return jsonb_build_object('results', to_jsonb(results), 'free', to_jsonb(free),
    'warnings', to_jsonb(warnings), 'pausedUntil', paused);
end $$;
