<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

use PhpParser\Node\Stmt;

/**
 * The reference: a page for each class of stubs/ and php/, made of their doc comments and signatures.
 */
final class Reference
{
    public const string ROOT = 'Apn\\AmiClient\\';

    /** What applications do not use themselves: it is public for PHP, but not for them. */
    private const array INNER = [
        '(Console|Diagnosis|Native)/',
        'Gateway/(?!.*Exception$|Idempotent$|GatewayManager$|GatewayClient$|GatewayPendingAction$|AllowList$)',
        'Laravel/(Bridges|Connections|Console|Diagnosis|Gateway|Redis|Standby|Status|Streams)/',
        'Laravel/Config/(?!.*Exception$)',
        'Laravel/(AboutSection|BootCheck|Lifecycle)$',
        'Testing/(?!FakeManager$|FakeClient$|FakePendingAction$|FakeSubscription$|InteractsWithAmi$|Answer|Failures$|SentAction$|.*Exception$)',
        'Worker/(Complaints|Duty|LastSign|Services)$',
    ];

    /** What stands on one page together: classes that are many and alike. */
    private const array TOGETHER = ['Actions'];

    /** @var array<string, Source> by full name */
    public readonly array $sources;

    public function __construct(string $root)
    {
        $sources = [];
        foreach (['stubs', 'php'] as $folder) {
            $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator("$root/$folder", \FilesystemIterator::SKIP_DOTS));
            foreach ($files as $file) {
                \assert($file instanceof \SplFileInfo);
                $source = $file->getExtension() === 'php' ? Source::read($root, substr($file->getPathname(), \strlen($root) + 1)) : null;
                if ($source !== null && preg_match('~^(' . implode('|', self::INNER) . ')~', str_replace('\\', '/', substr($source->name, \strlen(self::ROOT)))) !== 1) {
                    $sources[$source->name] = $source;
                }
            }
        }
        ksort($sources);
        $this->sources = $sources;
    }

    /** @return array<string, string> Markdown by its place */
    public function pages(): array
    {
        $pages = ['reference/index.md' => $this->index()];
        foreach ($this->sources as $source) {
            if (\in_array($source->area(), self::TOGETHER, true)) {
                $place = "reference/{$source->area()}.md";
                $pages[$place] ??= "# {$source->area()}\n\nThe classes of `" . self::ROOT . "{$source->area()}`. What they have in common, and a table of all: [typed actions](../actions.md).\n";
                if ($source->node instanceof Stmt\Class_ && !$source->node->isAbstract()) {
                    $pages[$place] .= "\n" . (new ClassPage($this, $source, 2))->render();
                }
            } else {
                $pages[self::place($source)] = (new ClassPage($this, $source, 1))->render();
            }
        }

        return $pages;
    }

    /** @return array<string, string> the page of each file that has one of its own */
    public function places(): array
    {
        $places = [];
        foreach ($this->sources as $source) {
            if (!\in_array($source->area(), self::TOGETHER, true)) {
                $places[$source->file] = self::place($source);
            }
        }

        return $places;
    }

    /** @return list<array<string, mixed>> as mkdocs takes it */
    public function navigation(): array
    {
        $tree = [];
        foreach ($this->groups() as $title => $sources) {
            if (\in_array($title, self::TOGETHER, true)) {
                $tree[] = [$title => "reference/$title.md"];
            } else {
                $tree[] = [$title => array_map(static fn(Source $source): array => [$source->short() => self::place($source)], $sources)];
            }
        }

        return $tree;
    }

    /** A link to a class from the page of another one; just its name where it is not of the library. */
    public function linkTo(string $name, Source $from): string
    {
        $to = $this->sources[$name] ?? null;
        $short = substr((string) strrchr("\\$name", '\\'), 1);
        if ($to === null || $to->name === $from->name) {
            return "`$short`";
        }
        $folder = \in_array($from->area(), self::TOGETHER, true) || $from->area() === '' ? '' : str_repeat('../', substr_count($from->area(), '/') + 1);
        if (\in_array($to->area(), self::TOGETHER, true)) {
            $abstract = !$to->node instanceof Stmt\Class_ || $to->node->isAbstract();

            return $abstract ? "`$short`" : "[`$short`]($folder{$to->area()}.md#" . strtolower($short) . ')';
        }

        return "[`$short`]($folder" . substr(self::place($to), \strlen('reference/')) . ')';
    }

    private static function place(Source $source): string
    {
        return 'reference/' . ($source->area() === '' ? '' : $source->area() . '/') . $source->short() . '.md';
    }

    private function index(): string
    {
        $text = "# Classes\n\nWritten from the stubs of the extension and the sources of the library when the site is built. What is not said to throw throws nothing of its own.\n";
        foreach ($this->groups() as $title => $sources) {
            $text .= "\n## $title\n\n";
            if (\in_array($title, self::TOGETHER, true)) {
                $text .= \count($sources) . " classes, on [a page of their own]($title.md).\n";
                continue;
            }
            $text .= "| | |\n|---|---|\n";
            foreach ($sources as $source) {
                $text .= "| [`{$source->short()}`](" . substr(self::place($source), \strlen('reference/')) . ') | ' . Text::line($source->doc->summary()) . " |\n";
            }
        }

        return $text;
    }

    /** @return array<string, list<Source>> by title */
    private function groups(): array
    {
        $groups = ['The client' => [], 'Actions and answers' => [], 'Completion' => [], 'Routing' => [], 'Exceptions' => []];
        foreach ($this->sources as $source) {
            $groups[$this->group($source)][] = $source;
        }

        return array_filter($groups);
    }

    private function group(Source $source): string
    {
        $name = $source->short();
        $parents = $source->parents();
        $isOneOf = static fn(string $interface): bool => $name === $interface || \in_array(self::ROOT . $interface, $parents, true);

        return match (true) {
            $source->area() !== '' => $source->area(),
            str_ends_with($name, 'Exception') => 'Exceptions',
            $isOneOf('CompletionStrategy') => 'Completion',
            $isOneOf('RoutingStrategy'), $name === 'RoutingCandidate' => 'Routing',
            $isOneOf('Action'), $isOneOf('AmiMessage'), \in_array($name, ['PendingAction', 'VersionedAction', 'EventName', 'EventFilter'], true) => 'Actions and answers',
            default => 'The client',
        };
    }
}
