<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

/**
 * Lays out what the site is built from: the manual, the README and its like, the reference, and the files that they link to.
 */
final class Site
{
    /** Pages that are not in docs/, by their file. */
    private const array OUTSIDE = [
        'README.md' => 'index.md',
        'CHANGELOG.md' => 'changelog.md',
        'CONTRIBUTING.md' => 'contributing.md',
        'SECURITY.md' => 'security.md',
        'bench/README.md' => 'benchmarks.md',
    ];

    /** How the fences of a file that is shown are called. */
    private const array LANGUAGES = ['php' => 'php', 'yml' => 'yaml', 'yaml' => 'yaml', 'json' => 'json', 'sh' => 'sh', 'ini' => 'ini', 'conf' => 'ini', 'rs' => 'rust', 'toml' => 'toml', 'service' => 'ini'];

    /** @var list<string> what is wrong, one sentence each */
    public private(set) array $problems = [];

    /** @var list<string> */
    public private(set) array $notes = [];

    /** @var array<string, Markdown> what was laid out, by its place */
    private array $pages = [];

    /** @var array<string, string> where each file of the project went */
    private array $places = [];

    /** @var array<string, true> */
    private array $shown = [];

    /** @var array<string, string> pages and other files, by place */
    private array $copied = [];

    /** @var list<array<string, mixed>> as mkdocs takes it */
    private array $navigation = [];

    public function __construct(private readonly string $root) {}

    /** Reads and links everything; nothing is written. */
    public function read(): self
    {
        $reference = new Reference($this->root);
        $generated = $reference->pages();
        $config = (new LaravelConfig($this->root))->page();
        if ($config !== null) {
            $generated['reference/laravel-configuration.md'] = $config;
            $this->places[LaravelConfig::FILE] = 'reference/laravel-configuration.md';
        }
        // Who links to a stub or a class means what is said of it.
        $this->places += ['stubs' => 'reference/index.md', ...$reference->places()];
        $manual = $this->manual();
        $this->places += $manual;
        foreach ($manual as $file => $place) {
            if (str_ends_with($file, '.md')) {
                $text = new Markdown((string) file_get_contents("{$this->root}/$file"));
                $this->pages[$place] = $text->withLinks(fn(string $target): string => $this->link($file, $place, $target))->forSite();
            } else {
                $this->copied[$place] = "{$this->root}/$file";
            }
        }
        foreach ($generated as $place => $text) {
            $this->pages[$place] = new Markdown($text);
        }
        $manual = array_values($manual);
        foreach ($this->pages as $place => $page) {
            if (!str_starts_with($place, 'files/')) {
                $this->pages[$place] = $page->withNamedPages($manual, str_repeat('../', substr_count($place, '/')));
            }
        }
        $this->checkLinks();
        $entries = json_decode((string) file_get_contents(__DIR__ . '/../nav.json'), true, flags: JSON_THROW_ON_ERROR);
        $written = array_values(array_filter($manual, static fn(string $place): bool => str_ends_with($place, '.md')));
        $navigation = new Navigation(\is_array($entries) ? $entries : [], [...$written, 'reference/index.md', ...($config === null ? [] : ['reference/laravel-configuration.md'])], $reference->navigation());
        foreach ($navigation->unlisted as $page) {
            $this->problems[] = "$page has no place in tools/docs/nav.json";
        }
        foreach ($navigation->missing as $page) {
            $this->notes[] = "$page is in tools/docs/nav.json and not there";
        }
        $this->navigation = $navigation->tree;

        return $this;
    }

    /** @return int how many pages there are */
    public function write(string $folder): int
    {
        foreach ($this->pages as $place => $page) {
            self::put("$folder/pages/$place", $page->text);
        }
        foreach ($this->copied as $place => $from) {
            self::put("$folder/pages/$place", (string) file_get_contents($from));
        }
        foreach (['style.css' => 'assets/style.css'] as $file => $place) {
            self::put("$folder/pages/$place", (string) file_get_contents(__DIR__ . "/../$file"));
        }
        // JSON is YAML.
        self::put("$folder/mkdocs.yml", json_encode([
            'INHERIT' => realpath(__DIR__ . '/../mkdocs.yml'),
            'docs_dir' => 'pages',
            'nav' => $this->navigation,
        ], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR));

        return \count($this->pages);
    }

    /** @return array<string, string> the place of each file */
    private function manual(): array
    {
        $places = self::OUTSIDE;
        foreach ($this->files('docs') as $name) {
            $places["docs/$name"] = $name;
        }

        return $places;
    }

    /** @return list<string> all files of a folder and below, from that folder */
    private function files(string $folder): array
    {
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator("{$this->root}/$folder", \FilesystemIterator::SKIP_DOTS));
        $names = [];
        foreach ($files as $file) {
            \assert($file instanceof \SplFileInfo);
            $names[] = substr($file->getPathname(), \strlen("{$this->root}/$folder/"));
        }
        sort($names);

        return $names;
    }

    /** The target of a link of a file, from the place where the file went. */
    private function link(string $file, string $place, string $target): string
    {
        $path = explode('#', $target, 2)[0];
        $anchor = explode('#', $target, 2)[1] ?? null;
        if ($path === '') {
            return $target;
        }
        $to = self::resolve(\dirname($file), $path);
        if (!file_exists("{$this->root}/$to")) {
            $this->problems[] = "$file links to $target, which is not there";

            return $target;
        }
        $this->places[$to] ??= $this->show($to);

        return self::relative(\dirname($place), $this->places[$to]) . ($anchor === null ? '' : "#$anchor");
    }

    /** A page that shows a file of the project, or what is in a folder. */
    private function show(string $file): string
    {
        $place = 'files/' . str_replace('.', '-', $file) . '.md';
        if (isset($this->shown[$file])) {
            return $place;
        }
        $this->shown[$file] = true;
        if (is_dir("{$this->root}/$file")) {
            $lines = [];
            foreach ($this->files($file) as $name) {
                $lines[] = "- [`$name`](" . self::relative(\dirname($place), $this->show("$file/$name")) . ')';
            }
            $text = implode("\n", $lines);
        } else {
            $language = self::LANGUAGES[pathinfo($file, PATHINFO_EXTENSION)] ?? 'text';
            $text = "````$language\n" . rtrim((string) file_get_contents("{$this->root}/$file")) . "\n````";
        }
        $this->pages[$place] = new Markdown("---\nsearch:\n  exclude: true\n---\n\n# `$file`\n\n$text\n");

        return $place;
    }

    private function checkLinks(): void
    {
        $anchors = array_map(static fn(Markdown $page): array => $page->anchors(), $this->pages);
        foreach ($this->pages as $place => $page) {
            if (str_starts_with($place, 'files/')) {
                continue;
            }
            $page->withLinks(function (string $target) use ($place, $anchors): string {
                $path = explode('#', $target, 2)[0];
                $anchor = explode('#', $target, 2)[1] ?? null;
                $to = $path === '' ? $place : self::resolve(\dirname($place), $path);
                if (!isset($this->pages[$to]) && !isset($this->copied[$to])) {
                    // Of a page that somebody wrote it was said when its links were read.
                    if (!str_starts_with($place, 'reference/')) {
                        return $target;
                    }
                    $this->problems[] = "$place links to $target, which is not there";
                } elseif ($anchor !== null && !\in_array($anchor, $anchors[$to] ?? [], true)) {
                    $this->problems[] = "$place links to $target, and no heading is called so";
                }

                return $target;
            });
        }
        $this->problems = array_values(array_unique($this->problems));
    }

    private static function resolve(string $folder, string $path): string
    {
        $parts = $folder === '.' ? [] : explode('/', $folder);
        foreach (explode('/', $path) as $part) {
            if ($part === '..') {
                array_pop($parts);
            } elseif ($part !== '.' && $part !== '') {
                $parts[] = $part;
            }
        }

        return implode('/', $parts);
    }

    private static function relative(string $from, string $to): string
    {
        $from = $from === '.' ? [] : explode('/', $from);
        $to = explode('/', $to);
        while ($from !== [] && \count($to) > 1 && $from[0] === $to[0]) {
            array_shift($from);
            array_shift($to);
        }

        return str_repeat('../', \count($from)) . implode('/', $to);
    }

    private static function put(string $file, string $text): void
    {
        if (!is_dir(\dirname($file))) {
            mkdir(\dirname($file), recursive: true);
        }
        file_put_contents($file, $text);
    }
}
