-- Core and gold of the declaration by hand: what a careful analyst would write in DuckDB
-- for the tables of the contracts, over the views raw_declaration, raw_parcel, raw_call.

create or replace macro txt(x) as nullif(trim(x), '');
-- Text to a decimal of more than 18 digits takes DuckDB two hundred times as long as to
-- one of 18: only what needs the digits takes the long way.
create or replace macro num(x) as coalesce(
    cast(try_cast(txt(x) as decimal(18, 4)) as decimal(20, 4)),
    try_cast(txt(x) as decimal(20, 4)));
create or replace macro dong(x) as coalesce(
    cast(try_cast(txt(x) as decimal(18, 0)) as decimal(20, 0)),
    try_cast(txt(x) as decimal(20, 0)));
create or replace macro day_of(x) as cast(try_strptime(txt(x), '%d%m%Y') as date);
-- Viet Nam has been at UTC+7 all year since 1975.
create or replace macro utc(x) as timezone('UTC', x - interval 7 hours);
create or replace macro moment(day, hour) as utc(try_strptime(
    concat(trim(day), lpad(coalesce(trim(hour), '0'), 6, '0')), '%d%m%Y%H%M%S'));
create or replace macro server(x) as utc(try_strptime(trim(x), '%Y%m%d%H%M%S'));

create or replace temp table heard as
with contents as (
    select _source_file, _source_offset, declaration_no, _received_at, content_rank,
        server_time, _record_hash, office_code, planned_date
    from raw_declaration
    union all by name
    select _source_file, _source_offset, declaration_no, _received_at, content_rank,
        server_time, _record_hash, office_code
    from raw_parcel
)
select
    substr(trim(declaration_no), 1, 11) as declaration_key,
    cast(substr(trim(declaration_no), 12, 1) as integer) as declaration_version,
    _received_at as known_from,
    cast(content_rank as integer) as content_rank,
    server(server_time) as server_at,
    if(server_at is null, repeat('0', 14), trim(server_time)) as server_order,
    _record_hash as record_hash,
    concat(_source_file, '@', _source_offset) as candidate,
    txt(office_code) as office_code,
    day_of(planned_date) as planned_date
from contents
where regexp_full_match(trim(declaration_no), '[0-9]{12}')
    and cast(content_rank as integer) > 0;

create or replace temp table months as
with numbers as (
    select declaration_no, day_of(registered_date) as declared, _received_at
    from raw_declaration
    union all
    select declaration_no, day_of(registered_date), _received_at from raw_parcel
    union all
    select declaration_no, day_of(registered_date), _received_at from raw_call
)
select
    substr(trim(declaration_no), 1, 11) as declaration_key,
    coalesce(min(declared), cast(min(timezone('UTC', _received_at)
        + interval 7 hours) as date)) as registered_date,
    strftime(registered_date, '%Y-%m') as registered_month
from numbers
where regexp_full_match(trim(declaration_no), '[0-9]{12}')
group by all;

-- Which message gave content and which the registration, from which moment. Rank, time
-- at the server and hash stand in one text: DuckDB compares structs much more slowly.
create or replace temp table states as
with contents as (
    select declaration_key, declaration_version, min(known_from) as known_from,
        concat(max(concat(content_rank, server_order, record_hash)), ' ',
            arg_min(candidate, (known_from, candidate))) as content
    from heard
    group by declaration_key, declaration_version, record_hash
),
registrations as (
    select declaration_key, declaration_version, min(known_from) as known_from,
        concat(max(concat(server_order, record_hash)), ' ',
            arg_min(candidate, (known_from, candidate))) as registration
    from heard
    where content_rank = 1
    group by declaration_key, declaration_version, record_hash
),
moments as (
    select declaration_key, declaration_version, known_from,
        max(content) as content, max(registration) as registration
    from (select * from contents union all by name select * from registrations)
    group by all
),
best as (
    select declaration_key, declaration_version, known_from,
        max(content) over moved as content,
        max(registration) over moved as registration
    from moments
    window moved as (
        partition by declaration_key, declaration_version order by known_from)
),
changed as (
    select *,
        (content is distinct from lag(content) over moved
            or registration is distinct from lag(registration) over moved) as is_news
    from best
    where content is not null
    window moved as (
        partition by declaration_key, declaration_version order by known_from)
)
select declaration_key, declaration_version, known_from,
    lead(known_from) over (
        partition by declaration_key, declaration_version order by known_from
    ) as known_until,
    substr(content, instr(content, ' ') + 1) as candidate,
    substr(registration, instr(registration, ' ') + 1) as registration,
    known_until is null and declaration_version
        = max(declaration_version) over (partition by declaration_key) as is_current
from changed
where is_news;

create or replace temp table vnaccs__declaration as
with raws as (
    select * exclude (lines, bills), false as is_low_value, len(lines) as line_total,
        bills[1].bill_no as bill_no, gross_weight_unit_code as weight_unit_code
    from raw_declaration
    union all by name
    select * exclude (goods_name), goods_name as parcel_goods, true as is_low_value,
        1 as line_total, coalesce(house_bill_no, master_bill_no) as bill_no,
        'KGM' as weight_unit_code
    from raw_parcel
),
counting as (
    select *, concat(_source_file, '@', _source_offset) as candidate
    from raws
    semi join states
        on concat(raws._source_file, '@', raws._source_offset) = states.candidate
)
select
    s.declaration_key,
    s.declaration_version,
    trim(r.declaration_no) as declaration_no,
    case substr(s.declaration_key, 1, 1)
        when '1' then 'import' when '3' then 'export' end as direction_code,
    txt(r.kind_code) as kind_code,
    txt(r.cargo_class_code) as cargo_class_code,
    txt(r.transport_mode_code) as transport_mode_code,
    txt(r.trader_class_code) as trader_class_code,
    g.office_code,
    txt(r.office_section_code) as office_section_code,
    g.planned_date,
    txt(r.importer_tax_code) as importer_tax_code,
    txt(r.importer_name) as importer_name,
    txt(r.exporter_tax_code) as exporter_tax_code,
    txt(r.exporter_name) as exporter_name,
    txt(r.principal_tax_code) as principal_tax_code,
    txt(r.agent_code) as agent_code,
    txt(r.partner_country_code) as partner_country_code,
    txt(r.bill_no) as first_bill_no,
    try_cast(txt(r.package_qty) as bigint) as package_qty,
    txt(r.package_type_code) as package_type_code,
    cast(num(r.gross_weight) * w.kg as decimal(20, 4)) as gross_weight_kg,
    txt(r.warehouse_code) as warehouse_code,
    txt(r.loading_place_code) as loading_place_code,
    txt(r.unloading_place_code) as unloading_place_code,
    day_of(coalesce(r.arrival_date, r.departure_date)) as transport_date,
    try_cast(txt(r.container_qty) as integer) as container_qty,
    txt(r.invoice_class_code) as invoice_class_code,
    txt(r.invoice_no) as invoice_no,
    day_of(r.invoice_date) as invoice_date,
    txt(r.payment_method_code) as payment_method_code,
    txt(r.incoterm_code) as incoterm_code,
    txt(r.invoice_currency_code) as invoice_currency_code,
    num(r.invoice_total_amount) as invoice_total_amount,
    dong(coalesce(r.customs_value_vnd, case when trim(r.declared_value_currency_code)
        = 'VND' then r.declared_value_amount end)) as customs_value_vnd,
    dong(r.tax_total_vnd) as tax_total_vnd,
    num(r.freight_amount) as freight_amount,
    num(r.insurance_amount) as insurance_amount,
    r.is_low_value,
    txt(r.parcel_goods) as goods_name,
    cast(r.line_total as integer) as line_count,
    txt(r.inspection_class_code) as inspection_class_code,
    -- F: this one is the first.
    if(trim(r.first_declaration_no) = 'F', trim(r.declaration_no),
        txt(r.first_declaration_no)) as first_declaration_no,
    try_cast(txt(r.split_part_no) as integer) as split_part_no,
    try_cast(txt(r.split_part_count) as integer) as split_part_count,
    txt(r.internal_no) as internal_no,
    nullif(regexp_extract(r.internal_no, '#&([1-9])$', 1), '') as reference_tag_code,
    nullif(regexp_extract(r.internal_no, '#&([0-9]{11})', 1), '')
        as counterpart_declaration_key,
    txt(r.temporary_declaration_no) as temporary_declaration_no,
    moment(r.registered_date, r.registered_time) as registered_at,
    m.registered_date,
    s.known_from,
    s.known_until,
    s.is_current,
    m.registered_month,
    r._record_hash,
    cast(r.content_rank as integer) as _content_rank,
    server(r.server_time) as _server_at,
    g.record_hash as _registration_hash,
    g.server_at as _registration_server_at,
    cast(1 as bigint) as _run_seq,
    s.candidate
from states as s
inner join counting as r on s.candidate = r.candidate
inner join months as m on s.declaration_key = m.declaration_key
left join heard as g on s.registration = g.candidate
left join weights as w on txt(r.weight_unit_code) = w.code;

create or replace macro has_quantity(name) as
    len(string_split(name, '#&')) > 1 and regexp_full_match(
        trim(string_split(name, '#&')[-1]), '[0-9]+([.,][0-9]+)?');

create or replace temp table vnaccs__declaration_line as
with states_of as (
    select declaration_key, declaration_version, _record_hash, registered_date,
        known_from, known_until, is_current, registered_month, candidate
    from vnaccs__declaration
),
exploded as (
    select concat(_source_file, '@', _source_offset) as candidate,
        unnest(lines) as line, generate_subscripts(lines, 1) as line_no
    from raw_declaration
    semi join states_of on concat(raw_declaration._source_file, '@',
        raw_declaration._source_offset) = states_of.candidate
),
lines as (
    select candidate,
        cast(line_no as integer) as line_no,
        txt(line.hs_code) as hs_code,
        txt(line.material_code) as material_code,
        txt(line.goods_name) as goods_name,
        case when len(string_split(line.goods_name, '#&'))
                > if(has_quantity(line.goods_name), 2, 1)
            and length(trim(string_split(line.goods_name, '#&')[1])) between 1 and 48
            then trim(string_split(line.goods_name, '#&')[1]) end as producer_goods_code,
        case when has_quantity(line.goods_name)
            then num(replace(string_split(line.goods_name, '#&')[-1], ',', '.'))
            end as exact_quantity,
        txt(line.origin_country_code) as origin_country_code,
        txt(line.tariff_table_code) as tariff_table_code,
        num(line.first_quantity) as first_quantity,
        txt(line.first_quantity_unit_code) as first_quantity_unit_code,
        num(line.second_quantity) as second_quantity,
        txt(line.second_quantity_unit_code) as second_quantity_unit_code,
        num(line.invoice_amount) as invoice_amount,
        num(line.unit_price_amount) as unit_price_amount,
        txt(line.unit_price_currency_code) as unit_price_currency_code,
        dong(line.customs_value_vnd) as customs_value_vnd,
        txt(line.duty_rate_text) as duty_rate_text,
        dong(line.import_duty_vnd) as import_duty_vnd,
        txt(line.exemption_list_no) as exemption_list_no,
        txt(line.exemption_line_no) as exemption_line_no,
        cast(list_sum([try_cast(tax.tax_amount_vnd as decimal(18, 0))
            for tax in line.other_taxes if tax.tax_rate_code like 'V%'])
            as decimal(20, 0)) as vat_vnd
    from exploded
    union all by name
    select concat(_source_file, '@', _source_offset) as candidate,
        1 as line_no,
        txt(goods_name) as goods_name,
        txt(origin_country_code) as origin_country_code,
        dong(customs_value_vnd) as customs_value_vnd
    from raw_parcel
    semi join states_of on concat(raw_parcel._source_file, '@',
        raw_parcel._source_offset) = states_of.candidate
)
select s.* exclude (candidate), l.* exclude (candidate), cast(1 as bigint) as _run_seq
from states_of as s
inner join lines as l on s.candidate = l.candidate;

-- Papers name declarations, or go by a number that another paper gave to them.
create or replace temp table papers as
with said as (
    select *, split_part(event_code, '_', 1) as paper_kind, txt(document_no) as number,
        unnest(coalesce(nullif(list_distinct(list_filter(
            list_transform(list_prepend(declaration_no,
                list_transform(coalesce(declarations, []), lambda d: d.declaration_no)),
                lambda n: txt(n)),
            lambda n: n is not null)), []), [null])) as named_no
    from (select * exclude (departed_time, arrived_time),
            rpad(departed_time, 6, '0') as departed_time,
            rpad(arrived_time, 6, '0') as arrived_time
        from raw_document)
    union all by name
    select *, 'amendment' as paper_kind, txt(amendment_no) as number,
        txt(declaration_no) as named_no
    from raw_amendment
)
select paper_kind, number, named_no as declaration_no, actor_code, server_time,
    procedure_code, output_code, event_code, _received_at, _ingested_at, _record_hash,
    departed_date, departed_time, arrived_date, arrived_time
from said;

create or replace temp table vnaccs__declaration_event as
with told as (
    select * from papers
    where paper_kind <> 'amendment' and declaration_no is not null
    union all by name
    select c.* replace (l.declaration_no as declaration_no,
        greatest(c._received_at, l._received_at) as _received_at,
        greatest(c._ingested_at, l._ingested_at) as _ingested_at)
    from papers as c
    inner join papers as l
        on c.paper_kind = l.paper_kind and c.number = l.number
    where c.declaration_no is null
        and regexp_full_match(l.declaration_no, '[0-9]{12}')
        and abs(epoch(c._received_at) - epoch(l._received_at)) <= 90 * 86400
    union all by name
    select * exclude (lines) from raw_declaration where event_code is not null
    union all by name
    select * exclude (lines, event_code), 'inspected' as event_code
    from raw_declaration where txt(inspected_date) is not null
    union all by name
    select * exclude (event_code), 'inspected' as event_code
    from raw_parcel where txt(inspected_date) is not null
    union all by name
    select * from raw_parcel where event_code is not null
    union all by name
    select * from raw_call where event_code is not null
    union all by name
    select * from raw_tax_statement where event_code is not null
    union all by name
    select * exclude (lines, tax_totals) from raw_amendment
    where event_code is not null and declaration_no is not null
),
events as (
    select
        substr(trim(declaration_no), 1, 11) as declaration_key,
        cast(substr(trim(declaration_no), 12, 1) as integer) as declaration_version,
        event_code,
        case when event_code in ('channel', 'amended', 'released', 'cleared')
            and substr(trim(output_code), 4, 1) in ('1', '2', '3')
            then substr(trim(output_code), 4, 1) end as channel_code,
        txt(actor_code) as actor_code,
        case event_code
            when 'registered' then moment(registered_date, registered_time)
            when 'channel' then moment(registered_date, registered_time)
            when 'amended' then moment(amended_date, amended_time)
            when 'cleared' then moment(cleared_date, cleared_time)
            when 'released' then moment(release_approved_date, release_approved_time)
            when 'inspected' then moment(inspected_date, inspected_time)
            when 'transport_departed' then moment(departed_date, departed_time)
            when 'transport_arrived' then moment(arrived_date, arrived_time)
        end as business_at,
        server(server_time) as server_at,
        _received_at as received_at,
        _ingested_at as processed_at,
        txt(procedure_code) as procedure_code,
        txt(output_code) as output_code,
        _received_at as known_from,
        _record_hash,
        concat_ws('|', declaration_key, declaration_version, event_code,
            coalesce(channel_code, ''), coalesce(strftime(coalesce(business_at,
            server_at), '%Y-%m-%d %H:%M:%S'), '')) as identity
    from told
    where regexp_full_match(trim(declaration_no), '[0-9]{12}')
),
first_told as (
    select * from events
    qualify row_number() over (
        partition by identity
        order by received_at, server_at nulls last, _record_hash) = 1
)
select sha256(e.identity) as event_id, e.* exclude (identity),
    m.registered_date, m.registered_month,
    cast(1 as bigint) as _run_seq
from first_told as e
inner join months as m on e.declaration_key = m.declaration_key;

create or replace temp table fct_declaration as
with events as (
    select declaration_key, event_code, channel_code,
        coalesce(case when event_code = 'channel' then greatest(server_at, business_at) end,
            business_at, server_at, received_at) as happened_at
    from vnaccs__declaration_event
),
channels as (
    select declaration_key,
        min({'at': happened_at, 'code': channel_code}) as first_channel,
        max({'at': happened_at, 'code': channel_code}) as final_channel
    from events
    where event_code in ('channel', 'amended') and channel_code is not null
    group by all
),
clearances as (
    select declaration_key, min(happened_at) as cleared_at
    from events
    where event_code = 'cleared'
    group by all
),
registrations as (
    select declaration_key, min(registered_at) as registered_at
    from vnaccs__declaration
    group by all
)
select
    d.declaration_key, d.declaration_version, d.declaration_no, d.direction_code,
    if(d.is_low_value, 'parcel', 'ordinary') as stream_code,
    d.kind_code, d.cargo_class_code, d.transport_mode_code, d.office_code,
    if(d.direction_code = 'import', d.importer_tax_code, d.exporter_tax_code)
        as tax_code,
    if(d.direction_code = 'import', d.importer_name, d.exporter_name) as declared_name,
    d.partner_country_code, d.agent_code,
    c.first_channel.code as first_channel_code,
    c.final_channel.code as final_channel_code,
    d.line_count, d.gross_weight_kg, d.customs_value_vnd, d.tax_total_vnd,
    d.registered_date,
    g.registered_at,
    c.first_channel.at as channelled_at,
    e.cleared_at,
    if(e.cleared_at >= g.registered_at,
        cast(epoch(e.cleared_at) - epoch(g.registered_at) as bigint), null)
        as clearance_seconds,
    d.known_from, d.registered_month, cast(1 as bigint) as _run_seq
from vnaccs__declaration as d
inner join registrations as g on d.declaration_key = g.declaration_key
left join channels as c on d.declaration_key = c.declaration_key
left join clearances as e on d.declaration_key = e.declaration_key
where d.is_current;

create or replace temp table fct_declaration_line as
select
    l.declaration_key, l.line_no, l.declaration_version, d.direction_code,
    d.stream_code, d.office_code, d.tax_code, l.hs_code, l.goods_name,
    l.origin_country_code, l.tariff_table_code, l.first_quantity,
    l.first_quantity_unit_code, l.second_quantity, l.second_quantity_unit_code,
    l.invoice_amount, l.unit_price_amount, l.unit_price_currency_code,
    l.customs_value_vnd, l.import_duty_vnd, l.vat_vnd, l.registered_date,
    l.registered_month, cast(1 as bigint) as _run_seq
from vnaccs__declaration_line as l
inner join fct_declaration as d on l.declaration_key = d.declaration_key
where l.is_current;

create or replace temp table rpt_channel_share_daily as
select
    registered_date, direction_code, stream_code,
    count(*) as declaration_count,
    count_if(first_channel_code is null) as undecided_count,
    count_if(first_channel_code = '1') as green_count,
    count_if(first_channel_code = '2') as yellow_count,
    count_if(first_channel_code = '3') as red_count,
    count_if(first_channel_code <> final_channel_code) as moved_count,
    green_count / nullif(declaration_count - undecided_count, 0) as green_share,
    yellow_count / nullif(declaration_count - undecided_count, 0) as yellow_share,
    red_count / nullif(declaration_count - undecided_count, 0) as red_share,
    cast(1 as bigint) as _run_seq
from fct_declaration
group by all;
