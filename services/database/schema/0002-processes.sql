-- Who is alive. A process writes `seen_at` every two seconds; one that was not seen for eight is taken for dead
-- or frozen, and what it held goes to others.
create table socle.processes (
  id text primary key,
  role text not null,
  host text not null,
  pid int not null,
  -- what its job runner locks jobs with
  job_pool text,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

create function socle.is_alive(process text) returns boolean language sql stable as $$
  select exists (select from socle.processes where id = process and seen_at > now() - interval '8 seconds')
$$;
