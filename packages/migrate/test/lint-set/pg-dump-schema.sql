-- harmless
-- ===== migration
SET statement_timeout = 0;
SET lock_timeout = '5s';
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.hotels (
    id bigint NOT NULL,
    name text NOT NULL
);
CREATE SEQUENCE public.hotels_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.hotels_id_seq OWNED BY public.hotels.id;
ALTER TABLE ONLY public.hotels ALTER COLUMN id SET DEFAULT nextval('public.hotels_id_seq'::regclass);
ALTER TABLE ONLY public.hotels ADD CONSTRAINT hotels_pkey PRIMARY KEY (id);
CREATE INDEX hotels_name ON public.hotels USING btree (name);
