{#-
    When the event of a row happened. An answer with the channel gives the time of
    registration as its own, also when the channel is moved later: the server's time
    tells when, unless its clock stands before the registration.
-#}
{% macro happened_at() -%}
    coalesce(
        case when event_code = 'channel' then greatest(server_at, business_at) end,
        business_at,
        server_at,
        received_at
    )
{%- endmacro %}
