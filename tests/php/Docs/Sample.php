<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Docs;

/**
 * A fenced block of README or manual, and what the comment before it asks for:
 *
 *     <!-- sample: run, says "a" and "b" -->           runs from beginning to end, and its output has these
 *     <!-- sample: until "a" -->                       runs until its output has this, and ends in order by SIGTERM
 *     <!-- sample: … with autoload, … -->              a vendor/autoload.php is beside it
 *     <!-- sample: with laravel, as FILE -->           a file of an application, one for each page
 *     <!-- sample: with laravel, in tinker -->         runs within it
 *     <!-- sample: … runs "COMMAND", says "a" -->      what its console does by this, or what a route answers, has this
 *     <!-- sample: syntax, REASON -->                  cannot be run, because of the reason
 */
final readonly class Sample
{
    private const string ROOT = __DIR__ . '/../../..';

    private function __construct(
        public string $file,
        public int $place,
        public string $language,
        public string $code,
        public string $marker,
    ) {}

    /** @return list<self> */
    public static function all(): array
    {
        $pages = glob(self::ROOT . '/docs/*.md');
        \assert($pages !== false);
        $samples = [];
        foreach ([self::ROOT . '/README.md', self::ROOT . '/CONTRIBUTING.md', self::ROOT . '/bench/README.md', ...$pages] as $file) {
            $name = str_starts_with($file, self::ROOT . '/docs/') ? basename($file) : substr($file, \strlen(self::ROOT) + 1);
            preg_match_all('/(?:^ *<!-- sample: (.*?) -->\n)?^( *)(`{3,})(\w*)\n(.*?)^\2\3$/ms', (string) file_get_contents($file), $found, PREG_SET_ORDER);
            foreach ($found as $place => [, $marker, $indent, , $language, $code]) {
                $code = $indent === '' ? $code : (string) preg_replace("/^$indent/m", '', $code);
                $samples[] = new self($name, $place + 1, $language, $code, $marker);
            }
        }

        return $samples;
    }

    /** @return array<string, array{self}> for a data provider: those of a language */
    public static function of(string ...$languages): array
    {
        $of = [];
        foreach (self::all() as $sample) {
            if (\in_array($sample->language, $languages, true)) {
                $of["$sample->file $sample->place"] = [$sample];
            }
        }

        return $of;
    }

    /** Why only its syntax is looked at; null where it is run. */
    public function reasonNotToRun(): ?string
    {
        return preg_match('/^syntax, (.+)$/', $this->marker, $found) === 1 ? $found[1] : null;
    }

    public function isScript(): bool
    {
        return str_starts_with($this->code, '<?php');
    }

    public function wants(string $what): bool
    {
        return str_contains($this->marker, "with $what");
    }

    /** The file of the application that it is. */
    public function as(): ?string
    {
        return preg_match('/, as ([\w.\/-]+)/', $this->marker, $found) === 1 ? $found[1] : null;
    }

    /** The command that shows what the page says. */
    public function command(): ?string
    {
        return preg_match('/, runs "([^"]+)"/', $this->marker, $found) === 1 ? $found[1] : null;
    }

    /** @return list<string> what its output must have */
    public function says(): array
    {
        preg_match_all('/"([^"]*)"/', (string) preg_replace('/, runs "[^"]+"/', '', $this->marker), $found);

        return $found[1];
    }

    public function isEndless(): bool
    {
        return str_starts_with($this->marker, 'until ');
    }
}
