<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

/**
 * Which page stands where: nav.json, as far as its pages are there.
 */
final class Navigation
{
    /** @var list<string> pages of nav.json that are not there */
    public private(set) array $missing = [];

    /** @var list<string> pages that nav.json does not know */
    public readonly array $unlisted;

    /** @var list<array<string, mixed>> as mkdocs takes it */
    public readonly array $tree;

    /**
     * @param array<array-key, mixed> $entries title => page, title => entries below it, or `@reference`
     * @param list<string> $pages that are there
     * @param list<array<string, mixed>> $reference the generated part
     */
    public function __construct(array $entries, private readonly array $pages, private readonly array $reference)
    {
        /** @var list<string> $listed */
        $listed = [];
        array_walk_recursive($entries, static function (mixed $page) use (&$listed): void {
            $listed[] = \is_string($page) ? $page : '';
        });
        $this->unlisted = array_values(array_diff($pages, $listed));
        $tree = $this->below($entries);
        if ($this->unlisted !== []) {
            $tree[] = ['More' => $this->unlisted];
        }
        $this->tree = $tree;
    }

    /**
     * @param array<array-key, mixed> $entries
     *
     * @return list<array<string, mixed>>
     */
    private function below(array $entries): array
    {
        $tree = [];
        foreach ($entries as $title => $entry) {
            if (\is_array($entry)) {
                $tree[] = [(string) $title => $this->below($entry)];
            } elseif ($entry === '@reference') {
                array_push($tree, ...$this->reference);
            } elseif (\in_array($entry, $this->pages, true)) {
                $tree[] = [(string) $title => $entry];
            } elseif (\is_string($entry)) {
                $this->missing[] = $entry;
            }
        }

        return $tree;
    }
}
