-- Orders of every source ask for the products that their lines name: by a variant's SKU.
create index product_variant_sku on product using gin (jsonb_path_query_array(variants, '$[*].sku'));
