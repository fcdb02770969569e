-- Payments that succeeded, one row each, whoever processed them.
create table public.payments (
  payment_id text primary key,
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  email text,
  customer_id text,
  description text,
  status text not null default 'succeeded' check (status in ('succeeded')),
  paid_at timestamptz not null,
  recorded_at timestamptz not null default now()
);

create index payments_customer on public.payments (customer_id, paid_at desc);

-- Nobody but the server: a payer's own view comes with a policy of its own.
alter table public.payments enable row level security;
alter table public.payments force row level security;
revoke all on public.payments from anon, authenticated;
grant select, insert, update, delete on public.payments to service_role;
create policy payments_service on public.payments for all to service_role using (true) with check (true);
