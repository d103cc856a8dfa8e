<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

/**
 * A page as GitHub shows it, and what becomes of it on the way to the site.
 */
final readonly class Markdown
{
    /** Links and images whose target is no address of the web. */
    private const string LINK = '/(!?\[(?:[^\[\]]|\[[^\]]*\])*\])\((?![a-z]+:)([^)\s]+)\)/';

    public function __construct(public string $text) {}

    /**
     * @param callable(string): string $to what each relative target becomes
     */
    public function withLinks(callable $to): self
    {
        return new self($this->outsideFences(static fn(string $text): string => (string) preg_replace_callback(
            self::LINK,
            static fn(array $link): string => $link[1] . '(' . $to($link[2]) . ')',
            $text,
        )));
    }

    /**
     * Has what names a page of the manual by its file, as code and options do, lead there.
     *
     * @param list<string> $pages that are there
     * @param string $up how to get to the manual from here
     */
    public function withNamedPages(array $pages, string $up): self
    {
        return new self($this->outsideFences(static fn(string $text): string => (string) preg_replace_callback(
            '~(?<![\w/(\[`])(`?)docs/([\w-]+\.md)\1(?![\w#`])~',
            static fn(array $found): string => \in_array($found[2], $pages, true) ? "[`docs/$found[2]`]($up$found[2])" : $found[0],
            $text,
        )));
    }

    /**
     * The site's Markdown wants a blank line before a list, and what belongs to an item four spaces in.
     */
    public function forSite(): self
    {
        $lines = [];
        $fence = null;
        $inList = false;
        foreach (explode("\n", $this->text) as $line) {
            $before = $lines === [] ? '' : $lines[array_key_last($lines)];
            $item = preg_match('/^(?:[-*]|\d+\.) /', $line) === 1;
            $indent = \strlen($line) - \strlen(ltrim($line));
            if ($fence === null && $item && !$inList && $before !== '') {
                $lines[] = '';
            }
            if ($line !== '' && $fence === null) {
                $inList = $item || $inList && ($indent > 0 || $before !== '');
            }
            if ($inList && !$item && $line !== '' && $indent >= 2 && $indent < 4) {
                $line = str_repeat(' ', 4 - $indent) . $line;
            }
            if (preg_match('/^\s*(```+)/', $line, $found) === 1) {
                $fence = $fence === null ? $found[1] : null;
            }
            $lines[] = $line;
        }

        return new self(implode("\n", $lines));
    }

    /**
     * The anchors of its headings, and those written by hand.
     *
     * @return list<string>
     */
    public function anchors(): array
    {
        $anchors = [];
        $this->outsideFences(static function (string $text) use (&$anchors): string {
            preg_match_all('/^#{1,6} +(.+?)(?: *\{ *#([\w-]+) *\})?$/m', $text, $headings, PREG_SET_ORDER);
            foreach ($headings as $heading) {
                $anchors[] = $heading[2] ?? self::slug($heading[1]);
            }
            preg_match_all('/<a (?:id|name)="([^"]+)"/', $text, $byHand);
            array_push($anchors, ...$byHand[1]);

            return $text;
        });

        return $anchors;
    }

    /** The first heading; it is the title of the page. */
    public function title(): string
    {
        return preg_match('/^# +(.+)$/m', $this->text, $found) === 1 ? $found[1] : '';
    }

    private static function slug(string $heading): string
    {
        $text = (string) preg_replace(['/\[([^\]]*)\]\([^)]*\)/', '/[`*]/'], ['$1', ''], $heading);

        return (string) preg_replace('/[^\w\- ]/u', '', str_replace(' ', '-', mb_strtolower($text)));
    }

    /** @param callable(string): string $change */
    private function outsideFences(callable $change): string
    {
        $parts = preg_split('/(^ *```.*?^ *```$)/ms', $this->text, flags: PREG_SPLIT_DELIM_CAPTURE);
        \assert($parts !== false);
        foreach ($parts as $number => $part) {
            if ($number % 2 === 0) {
                $parts[$number] = $change($part);
            }
        }

        return implode('', $parts);
    }
}
