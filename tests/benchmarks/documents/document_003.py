"""Document 003 in today's Keras: two wide convolutions and dropout, five epochs of Adadelta.

Adadelta's learning rate was 1.0 when the document was written; today's default is 0.001.
"""

from keras import Input, Sequential, layers
from keras.optimizers import Adadelta
from keras.utils import to_categorical
from mnist import load_data

(train_images, train_labels), (test_images, test_labels) = load_data()
train_pixels = train_images.reshape(-1, 28, 28, 1).astype("float32") / 255
test_pixels = test_images.reshape(-1, 28, 28, 1).astype("float32") / 255
train_classes = to_categorical(train_labels, 10)
test_classes = to_categorical(test_labels, 10)

model = Sequential(
    [
        Input((28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]
)
model.summary()
optimizer = Adadelta(learning_rate=1.0, rho=0.95, epsilon=1e-8)
model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_pixels, train_classes, batch_size=128, epochs=5, verbose=1)
test_loss, test_accuracy = model.evaluate(test_pixels, test_classes, verbose=0)

predicted = model.predict(test_pixels, verbose=0).argmax(axis=1)
for index in (0, 99, -1):  # the document shows 0, 99 and 9999
    print(f"image {index}: label {test_labels[index]}, predicted {predicted[index]}")
print(test_accuracy)
