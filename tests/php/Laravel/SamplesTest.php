<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel;

use Apn\AmiClient\Laravel\Facades\Ami;
use Illuminate\Support\Facades\Exceptions;
use PHPUnit\Framework\Attributes\DataProvider;

/** What the manual shows within an application, marked by `<!-- sample: with laravel, in tinker -->`, is run there as it stands. */
final class SamplesTest extends TestCase
{
    #[DataProvider('samples')]
    public function test_a_sample_runs_within_an_application(string $code): void
    {
        $this->boot(['ami-client.servers.main.username' => 'dialer', 'ami-client.servers.main.secret' => 's3cret']);
        Ami::fake();
        Exceptions::fake();
        $file = $this->folder() . '/sample.php';
        file_put_contents($file, "<?php\n\ndeclare(strict_types=1);\n\n$code");

        (static function () use ($file): void {
            require $file;
        })();
        // What a sample catches it reports.
        Exceptions::assertNothingReported();

    }

    public function test_there_are_samples(): void
    {
        self::assertGreaterThan(4, \count(iterator_to_array(self::samples())));
    }

    /** @return iterable<string, array{string}> */
    public static function samples(): iterable
    {
        foreach ([\dirname(__DIR__, 3) . '/README.md', ...(array) glob(\dirname(__DIR__, 3) . '/docs/*.md')] as $page) {
            preg_match_all('/^<!-- sample: with laravel, in tinker -->\n```php\n(.*?)^```$/ms', (string) file_get_contents((string) $page), $found);
            foreach ($found[1] as $place => $code) {
                yield basename((string) $page) . ' ' . $place + 1 => [$code];
            }
        }
    }
}
